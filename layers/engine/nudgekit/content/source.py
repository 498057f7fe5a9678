"""A message file: a head in TOML between two `+++` lines, then the body.

TOML because Python reads it by itself, strictly, with lists and quotes that mean one thing; YAML would be one more
package in every function, and reads `no` as false.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nudgekit.content.pieces import with_pieces
from nudgekit.errors import RuleError
from nudgekit.language.mistakes import Place, nearest, raise_together
from nudgekit.model.base import Channel
from nudgekit.model.event import MARKET_EVENTS

NEEDED = {
    Channel.PUSH: frozenset({"title", "link"}),
    Channel.EMAIL: frozenset({"subject", "preheader", "link"}),
    Channel.SMS: frozenset({"link"}),
    Channel.WHATSAPP: frozenset(),
    Channel.ONSITE: frozenset({"title"}),
}
OPTIONAL = {
    Channel.PUSH: frozenset({"image", "deep_link"}),
    Channel.SMS: frozenset({"dlt_template_id", "dlt_entity_id"}),
    Channel.WHATSAPP: frozenset({"template", "language", "parameters", "button"}),
    Channel.ONSITE: frozenset({"link", "image", "choices", "answer"}),
}
TOGETHER = {
    Channel.SMS: frozenset({"dlt_template_id", "dlt_entity_id"}),
    Channel.WHATSAPP: frozenset({"template", "language", "parameters"}),
    Channel.ONSITE: frozenset({"choices", "answer"}),
}
"""Fields that make sense only together: all of them or none."""
_FENCE = "+++"


@dataclass(frozen=True)
class Source:
    """One message file, read and checked but not yet compiled.

    Attributes:
        path: the file.
        channel: what it is for; the file is called after it, and after its variant if it has one.
        head: its fields but the lists, `parameters` and `choices`.
        choices: of a question on the shop's page, each answer's code and what people read.
        body: what follows the head; of a mail, with the pieces it shares with others.
        text: the whole file, for finding lines.
    """

    path: Path
    channel: Channel
    head: dict[str, str]
    parameters: tuple[str, ...]
    body: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()

    def place_of(self, snippet: str) -> Place:
        """The first line that has `snippet`; the file as a whole when none has."""
        lines = self.text.splitlines()
        return Place(str(self.path), next((number for number, line in enumerate(lines, 1) if snippet in line), 0))


def read_source(path: Path) -> Source:
    """The message file `path`.

    Raises:
        RuleError: its mistakes, each with line and remedy.
    """
    text = path.read_text()
    head, body = _split(path, text)
    channel = Channel(path.stem.partition(".")[0])
    raise_together([*_names(path, text, channel, set(head)), *_types(path, text, head)])
    parameters = tuple(head.pop("parameters", ()))
    choices = tuple((code, label) for code, label in head.pop("choices", ()))
    body = with_pieces(body, path) if channel is Channel.EMAIL else body
    return Source(path, channel, head, parameters, body, text, choices)


def _split(path: Path, text: str) -> tuple[dict[str, Any], str]:
    lines = text.splitlines(keepends=True)
    fences = [number for number, line in enumerate(lines) if line.strip() == _FENCE][:2]
    if len(fences) < 2 or fences[0] != 0:
        raise RuleError("the message has no head", f"{path}:1", "begin with its fields between two lines of +++")
    try:
        head = tomllib.loads("".join(lines[1 : fences[1]]))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        place = Place(str(path), int(line[1]) + 1 if line else fences[1] + 1)
        raise RuleError(f"the head is not TOML: {error}", str(place), 'write fields as in title = "..."') from None
    return head, "".join(lines[fences[1] + 1 :]).strip() + "\n"


def _names(path: Path, text: str, channel: Channel, given: set[str]) -> list[RuleError]:
    needed, known = NEEDED[channel], NEEDED[channel] | OPTIONAL.get(channel, frozenset())
    unknown = [(f"{name} is not a field of {channel}", name, nearest(name, sorted(known))) for name in given - known]
    together = TOGETHER.get(channel, frozenset())
    wanted = needed | together if given & (together | {"button"}) else needed
    missing = [(f"{name} is missing", _FENCE, f"add it to the head, as in {name} = ...") for name in wanted - given]
    return [RuleError(what, str(_place(path, text, name)), remedy) for what, name, remedy in sorted(unknown + missing)]


def _types(path: Path, text: str, head: dict[str, Any]) -> list[RuleError]:
    return [
        RuleError(
            f"{name} is not {wanted}", str(_place(path, text, name)), _REMEDIES.get(name, "put it in double quotes")
        )
        for name, value in sorted(head.items())
        for wanted in [_wanted(name)]
        if not _is_right(name, value)
    ]


MOST_CHOICES = 10
_REMEDIES = {
    "choices": "write codes of lower-case letters, digits and _, each once",
    "answer": 'name the event that an answer becomes, as in answer = "Exit Reason Given"',
}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LISTS = {
    "parameters": "a list of texts",
    "choices": f'a list of up to {MOST_CHOICES} different [code, label], as in [["price", "It costs too much"]]',
}
_DLT_ID = re.compile(r"\S{1,64}")
"""What the provider takes as an id of a registration: botocore's model of SendTextMessage."""


def _is_right(name: str, value: object) -> bool:
    if name == "parameters":
        return isinstance(value, list) and all(isinstance(each, str) and each for each in value)
    if name == "choices":
        return isinstance(value, list) and bool(value) and all(map(_is_choice, value)) and _are_different(value)
    if name == "answer":
        return value in MARKET_EVENTS
    if name.startswith("dlt_"):
        return isinstance(value, str) and _DLT_ID.fullmatch(value) is not None
    return isinstance(value, str) and bool(value.strip())


def _is_choice(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(each, str) for each in value):
        return False
    return _CODE.fullmatch(value[0]) is not None and bool(value[1].strip())


def _are_different(choices: list[list[str]]) -> bool:
    return len({code for code, _ in choices}) == len(choices) <= MOST_CHOICES


def _wanted(name: str) -> str:
    if name in _LISTS:
        return _LISTS[name]
    if name == "answer":
        return "an event of the shop's visitors"
    return "an id of at most 64 characters without spaces" if name.startswith("dlt_") else "a text"


def _place(path: Path, text: str, start: str) -> Place:
    lines = text.splitlines()
    return Place(str(path), next((number for number, line in enumerate(lines, 1) if line.startswith(start)), 1))
