"""What somebody plainly means who writes back: to be left alone, to be helped, to come back.

Any reasonable manner of saying stop counts, not a list of single words, so a text is read clause by clause. The words
and sentences stand in `wording.toml`. A mistake costs more one way than the other: in doubt, it is a stop.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple

Intent = Literal["stop", "help", "start", "yes", ""]
"""What was meant; `yes` may answer anything, and `""` is everything else."""

LONGEST_READ: Final = 1000
"""Characters of a text that are read; whoever wants to be left alone says so sooner."""

_NOT: Final = re.compile(
    r"(?:(\w+) )?\b(?:do not|dont|never|not|didnt|did not|wont|will not|no|ne|nicht|nao|non|nie|не)(?: \w+){0,4} ?$"
)
_NOT_STOP: Final = re.compile(
    r"(?:(\w+) )?\b(?:(?:do not|dont|never|didnt|did not|wont|will not|doesnt|does not|not (?:asking|saying))"
    r"(?: \w+){0,4}|not|ne|nicht|non) ?$"
)
"""What turns the word stop round: `never ever stop` does, `not interested stop` and `no thanks stop` do not."""

_ASKED: Final = re.compile(r"\b(?:why|when) (?:did|have|has|do) (?:you|u|they|it) ?$")
_YOU: Final = frozenset({"you", "u", "why", "they"})
_QUOTED: Final = re.compile(r"^\s*>.*$", re.MULTILINE)
_UNDIVIDED: Final = str.maketrans({"\N{LATIN SMALL LETTER DOTLESS I}": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae"})
"""Letters whose accents Unicode does not take apart."""

_APOSTROPHES: Final = "'`\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}"
_HYPHEN: Final = re.compile(r"(?<=\w)[-\u2010\u2011](?=\w)")
_DRAWN_OUT: Final = re.compile(r"(.)\1{2,}")
_STOP: Final = re.compile(r"\bstop\b")


class _Wording(NamedTuple):
    words: Mapping[str, frozenset[str]]
    known: frozenset[str]
    stops: re.Pattern[str]
    phrases: tuple[str, ...]
    signs: re.Pattern[str]
    reaction: re.Pattern[str]
    innocent: re.Pattern[str]
    fillers: frozenset[str]
    unspaced: tuple[str, ...]


def intent_of(text: str) -> Intent:
    """What `text` plainly means. Stop goes before help, help before start."""
    wording = _wording()
    clauses = _clauses(text[:LONGEST_READ], wording)
    said = [_core(clause, wording) for clause in clauses]
    if any(_says(core, "stop", wording) for core in said) or any(_wants_out(clause, wording) for clause in clauses):
        return "stop"
    for intent in ("help", "start", "yes"):
        if any(_says(core, intent, wording) for core in said):
            return intent
    return ""


def _clauses(text: str, wording: _Wording) -> list[str]:
    """The text as a whole and in parts, without what it quotes of ours."""
    own = "" if wording.reaction.fullmatch(text) else _QUOTED.sub("", text)
    cut = _HYPHEN.sub(" ", wording.signs.sub(" stop ", own))
    parts = (_plain(part) for part in "".join("\n" if _ends_clause(each) else each for each in cut).split("\n"))
    return [part for part in dict.fromkeys((_plain(cut), *parts)) if part]


def _ends_clause(letter: str) -> bool:
    return letter not in _APOSTROPHES and (unicodedata.category(letter)[0] == "P" or letter in "\n\r|")


def _plain(text: str) -> str:
    """Lower case, no accents, no punctuation: `Désabonner!` is `desabonner`, `don't` is `dont`, `stoooop` is `stop`."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if unicodedata.category(each) != "Mn")
    joined = "".join(each for each in bare if each not in _APOSTROPHES)
    kept = "".join(each if unicodedata.category(each)[0] in "LNM" else " " for each in joined)
    return _DRAWN_OUT.sub(r"\1", " ".join(kept.casefold().translate(_UNDIVIDED).split()))


def _core(clause: str, wording: _Wording) -> tuple[str, ...]:
    """What a clause may be compared by: itself, itself without fillers, and its letters joined, as in S.T.O.P."""
    words = [word for word in clause.split() if word not in wording.fillers]
    bare = " ".join(dict.fromkeys(words))
    joined = clause.replace(" ", "") if all(len(word) == 1 for word in clause.split()) else ""
    return clause, bare, joined, _without(clause, wording.unspaced)


def _without(clause: str, unspaced: Iterable[str]) -> str:
    for filler in unspaced:
        clause = clause.replace(filler, "")
    return clause.strip()


def _says(core: Iterable[str], intent: str, wording: _Wording) -> bool:
    return any(form in wording.words[intent] or _says_each(form, intent, wording) for form in core if form)


def _says_each(form: str, intent: str, wording: _Wording) -> bool:
    """Whether it is nothing but keywords, `intent` among them, as in `yes stop`."""
    words = set(form.split())
    return bool(words & wording.words[intent]) and words <= wording.known


def _wants_out(clause: str, wording: _Wording) -> bool:
    if any(phrase in clause for phrase in wording.phrases) or _says_stop(wording.innocent.sub(" ", clause)):
        return True
    return any(not _is_turned(clause[: found.start()]) for found in wording.stops.finditer(clause))


def _says_stop(clause: str) -> bool:
    """Whether the word itself stands in a clause, where it cannot mean anything else, and nothing turns it round."""
    return any(not _is_turned(clause[: found.start()], _NOT_STOP) for found in _STOP.finditer(clause))


def _is_turned(before: str, negating: re.Pattern[str] = _NOT) -> bool:
    """Whether what stands before a sentence turns it round: `do not` does, `why do you not` and `you never` do not."""
    negation = negating.search(before)
    if _ASKED.search(before):
        return True
    return negation is not None and negation[1] not in _YOU


@cache
def _wording() -> _Wording:
    table: dict[str, Any] = tomllib.loads(files(__package__).joinpath("wording.toml").read_text(encoding="utf-8"))
    intents = ("stop", "help", "start", "yes")
    words = {intent: frozenset(_plain(word) for row in table[intent] for word in row["words"]) for intent in intents}
    sentences = [_unaccented(each) for row in table["stop"] for each in row.get("sentences", ())]
    fillers = frozenset(_plain(word) for word in table["fillers"]["words"])
    unspaced = tuple(sorted((each for each in fillers if not each.isascii()), key=len, reverse=True))
    return _Wording(
        words=words,
        known=frozenset().union(*words.values()),
        stops=_any_of(sentences),
        phrases=tuple(_plain(each) for row in table["stop"] for each in row.get("phrases", ())),
        signs=re.compile("|".join(table["reading"]["signs"])),
        reaction=_reaction(table["reading"]["reactions"]),
        innocent=_any_of(table["reading"]["innocent"]),
        fillers=fillers,
        unspaced=unspaced,
    )


def _reaction(marks: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{'|'.join(marks)})\s+[\"“”„«].*[\"“”»]\s*", re.IGNORECASE | re.DOTALL)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{each})\b" for each in patterns))


def _unaccented(pattern: str) -> str:
    decomposed = unicodedata.normalize("NFKD", pattern)
    return "".join(each for each in decomposed if unicodedata.category(each) != "Mn")
