"""All that there is to tell about one trigger, gathered once for the terminal, the pages and the inbox."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from nudgekit.book import Book
from nudgekit.cli.explain.rule import headline, sentences
from nudgekit.cli.explain.said import Said, said
from nudgekit.cli.explain.silences import Silence, setting_of, silences
from nudgekit.language.levels import Personal, Reading, level_of
from nudgekit.language.trigger import Trigger


@dataclass(frozen=True)
class Explained:
    """A trigger in plain words.

    Attributes:
        trigger: the rule.
        summary: the sentence at the head of its file.
        headline: what it does, in one sentence.
        sentences: what else there is to know of it.
        silences: what can keep it silent.
        personal: how personal it is, and by what.
        messages: what its messages say, in every locale.
        situations: what it is tried out with, by name.
    """

    trigger: Trigger
    summary: str
    headline: str
    sentences: tuple[str, ...]
    silences: tuple[Silence, ...]
    personal: Personal
    messages: tuple[Said, ...]
    situations: tuple[str, ...]

    def by_term(self) -> dict[Reading, list[str]]:
        """What makes it personal, the most personal first, each with where it stands."""
        found: dict[Reading, list[str]] = {}
        for each in sorted(self.personal.readings, key=lambda reading: -reading.level):
            found.setdefault(each._replace(where=""), []).append(each.where)
        return found

    def by_words(self) -> dict[Said, list[str]]:
        """The messages, those that say the same told once, each with its locales."""
        found: dict[tuple[str, ...], tuple[Said, list[str]]] = {}
        for each in self.messages:
            found.setdefault((each.name, each.half, each.first_line, each.size), (each, []))[1].append(each.locale)
        return dict(found.values())


def explain(book: Book, trigger_id: str) -> Explained:
    """All there is to tell about the trigger.

    Raises:
        RuleError: there is none, or it has mistakes.
    """
    trigger, policy, messages = book.trigger(trigger_id), book.policy, book.messages(trigger_id)
    names = {name: template.names for name, template in messages.items()}
    return Explained(
        trigger=trigger,
        summary=_summary(book.path / trigger_id / "rule.py"),
        headline=headline(trigger),
        sentences=tuple(sentences(trigger, policy)),
        silences=tuple(silences(setting_of(book, trigger_id))),
        personal=level_of(trigger, names),
        messages=tuple(said(book, trigger_id)),
        situations=tuple(_situations(book.path / trigger_id / "situations.yaml")),
    )


def _summary(path: Path) -> str:
    """The docstring of a rule's file."""
    import ast  # noqa: PLC0415  # only explanations read rules as text

    return (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0]


def _situations(path: Path) -> Iterator[str]:
    try:
        written = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError):
        return
    for each in (written or {}).get("situations", ()):
        yield str(each.get("name", ""))
