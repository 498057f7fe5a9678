"""Pages about triggers, in Markdown: `docs/triggers/<id>.md` and their index."""

from collections.abc import Iterable, Iterator, Sequence

from nudgekit.cli.explain.drawing import mermaid
from nudgekit.cli.explain.explained import Explained
from nudgekit.cli.explain.said import room_of
from nudgekit.cli.explain.words import a_channel
from nudgekit.language.levels import Level

NOTE = "<!-- Written by `nudgekit docs` from the rule, its messages and its situations. Do not edit. -->"


def page(told: Explained) -> str:
    """The page about one trigger."""
    trigger = told.trigger
    parts = (
        (f"# {trigger.id}", NOTE, told.summary, told.headline),
        (_list(told.sentences),),
        (_facts(told),),
        ("## The way of a run", "```mermaid\n" + "\n".join(mermaid(trigger)) + "\n```"),
        (
            "## What can keep it silent",
            "In the order in which it is asked; the sentences stand in [reasons](../reference/reasons.md).",
            _table(("reason", "what follows", "gate", "numbers"), _silences(told)),
        ),
        (
            "## Messages",
            "As they read for the sample shopper.",
            _table(("message", "locale", "it begins with", "length"), _messages(told)),
        ),
        (f"## How personal it is: level {told.personal.level}", _level(told)),
        ("## Situations", "What it is tried out with, in `situations.yaml`:", _list(told.situations)),
    )
    return "\n\n".join(text for part in parts for text in part if text) + "\n"


def index(all_told: Sequence[Explained]) -> str:
    """The page that lists all triggers."""
    rows = [
        (f"[{each.trigger.id}]({each.trigger.id}.md)", each.headline, _ladder(each), f"L{each.personal.level}")
        for each in all_told
    ]
    parts = (
        "# Triggers",
        NOTE,
        "Each page is written from the rule, so it says what the rule does. `nudgekit show TRIGGER` tells the same.",
        _table(("trigger", "what it does", "channels", "level"), rows),
        f"Levels: {', '.join(f'L{each} {each.text}' for each in Level if each)}. They are read off the rule and its "
        "messages, see [the rule language](../reference/rule-language.md#levels).",
    )
    return "\n\n".join(parts) + "\n"


def _facts(told: Explained) -> str:
    trigger = told.trigger
    rows = (
        ("purpose", f"{trigger.purpose}{f', topic {trigger.topic}' if trigger.topic else ''}"),
        ("owner", trigger.owner),
        ("version", str(trigger.version)),
        ("priority", f"{trigger.priority} of 100"),
    )
    return _table(("", ""), rows)


def _silences(told: Explained) -> Iterator[tuple[str, ...]]:
    for each in told.silences:
        yield f"`{each.reason}`: {each.reason.text}", each.effect, f"`{each.gate}`" if each.gate else "", each.detail


def _messages(told: Explained) -> Iterator[tuple[str, ...]]:
    for each, locales in told.by_words().items():
        room = room_of(each.channel)
        yield (
            f"`{each.name}` {each.half}",
            ", ".join(locales),
            each.first_line,
            f"{each.size}{f' (shown: {room})' if room else ''}",
        )


def _level(told: Explained) -> str:
    personal = told.personal
    if not personal.readings:
        return "Everybody gets the same."
    rows = [(f"L{each.level}", f"`{each.what}`", ", ".join(where)) for each, where in told.by_term().items()]
    return f"{personal.level.text.capitalize()}.\n\n" + _table(("level", "because of", "in"), rows)


def _ladder(told: Explained) -> str:
    return ", ".join(dict.fromkeys(a_channel(each.channel).split(" ", 1)[1] for each in told.trigger.ladder))


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    """`text` in one cell of a table, saying what it says: no HTML, no line ends."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
