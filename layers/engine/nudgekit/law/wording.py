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
_ASKED: Final = re.compile(r"\b(?:why|when) (?:did|have|has|do) (?:you|u|they|it) ?$")
_YOU: Final = frozenset({"you", "u", "why", "they"})
_QUOTED: Final = re.compile(r"^\s*>.*$", re.MULTILINE)
_UNDIVIDED: Final = str.maketrans({"\N{LATIN SMALL LETTER DOTLESS I}": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae"})
"""Letters whose accents Unicode does not take apart."""

_APOSTROPHES: Final = "'`\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}"
_SIGN: Final = "\N{OCTAGONAL SIGN}"


class _Wording(NamedTuple):
    words: Mapping[str, frozenset[str]]
    known: frozenset[str]
    stops: re.Pattern[str]
    fillers: frozenset[str]
    unspaced: tuple[str, ...]


def intent_of(text: str) -> Intent:
    """What `text` plainly means. Stop goes before help, help before start."""
    wording = _wording()
    clauses = _clauses(text)
    said = [_core(clause, wording) for clause in clauses]
    if any(_says(core, "stop", wording) for core in said) or any(_wants_out(clause, wording) for clause in clauses):
        return "stop"
    for intent in ("help", "start", "yes"):
        if any(_says(core, intent, wording) for core in said):
            return intent
    return ""


def _clauses(text: str) -> list[str]:
    cut = _QUOTED.sub("", text[:LONGEST_READ]).replace(_SIGN, " stop ")
    parts = (_plain(part) for part in "".join("\n" if _ends_clause(each) else each for each in cut).split("\n"))
    return [part for part in dict.fromkeys((_plain(cut), *parts)) if part]


def _ends_clause(letter: str) -> bool:
    return letter not in _APOSTROPHES and (unicodedata.category(letter)[0] == "P" or letter in "\n\r|")


def _plain(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces: `Désabonner!` is `desabonner`, `don't` is `dont`."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if unicodedata.category(each) != "Mn")
    joined = "".join(each for each in bare if each not in _APOSTROPHES)
    kept = "".join(each if unicodedata.category(each)[0] in "LNM" else " " for each in joined)
    return " ".join(kept.casefold().translate(_UNDIVIDED).split())


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
    return any(not _is_turned(clause[: found.start()]) for found in wording.stops.finditer(clause))


def _is_turned(before: str) -> bool:
    """Whether what stands before a sentence turns it round: `do not` does, `why do you not` and `you never` do not."""
    negation = _NOT.search(before)
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
    known = frozenset().union(*words.values())
    return _Wording(words, known, re.compile("|".join(rf"\b(?:{each})\b" for each in sentences)), fillers, unspaced)


def _unaccented(pattern: str) -> str:
    decomposed = unicodedata.normalize("NFKD", pattern)
    return "".join(each for each in decomposed if unicodedata.category(each) != "Mn")
