"""The rule book: every trigger of the shop with its messages, and the policy, read from `rules/` when asked for."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from nudgekit.errors import RuleError
from nudgekit.language.folder import load_offers, load_policy, load_segments, load_trigger_folder
from nudgekit.language.mistakes import nearest, raise_together
from nudgekit.language.offer import Offer
from nudgekit.language.policy import Policy
from nudgekit.language.segments import Shelf
from nudgekit.language.trigger import Trigger
from nudgekit.language.versions import archived

if TYPE_CHECKING:
    from nudgekit.content.template import Template


class Book:
    """The folder `rules/`. Reads a trigger, the policy or a message the first time it is asked for, and keeps it.

    Attributes:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._versions: dict[tuple[str, int], Trigger] = {}
        self._current: dict[str, Trigger] = {}
        self._messages: dict[str, Mapping[str, Template]] = {}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of all triggers, sorted; nothing is loaded for it."""
        return tuple(sorted(each.parent.name for each in self.path.glob("*/rule.py")))

    @cached_property
    def triggers(self) -> tuple[Trigger, ...]:
        """Every trigger by id.

        Raises:
            RuleError: all mistakes of all rules together.
        """
        mistakes = []
        for each in self.ids:
            try:
                self.trigger(each)
            except RuleError as error:
                mistakes.append(error)
        raise_together(mistakes)
        return tuple(self._current[each] for each in self.ids)

    @cached_property
    def policy(self) -> Policy:
        """The shop's policy, from `policy.py`.

        Raises:
            RuleError: it has mistakes, or names a trigger that there is not.
        """
        return load_policy(self.path / "policy.py", self.ids)

    @cached_property
    def segments(self) -> Shelf:
        """The shop's segments and cells, from `segments.py`.

        Raises:
            RuleError: all mistakes in it together.
        """
        return load_segments(self.path / "segments.py")

    @cached_property
    def offers(self) -> Mapping[str, Offer]:
        """The shop's offers by name, from `offers.py`; none without it.

        Raises:
            RuleError: all mistakes in them together.
        """
        return load_offers(self.path / "offers.py")

    def trigger(self, trigger_id: str, version: int | None = None) -> Trigger:
        """The trigger `trigger_id`: as it stands, or as it was released as `version`.

        Raises:
            RuleError: there is none, or it has mistakes, such as a topic that the policy does not name.
        """
        if trigger_id not in self._current:
            self._current[trigger_id] = load_trigger_folder(self._folder(trigger_id), self._topics)
        current = self._current[trigger_id]
        if version is None or version == current.version:
            return current
        if (trigger_id, version) not in self._versions:
            self._versions[trigger_id, version] = archived(self._folder(trigger_id), version)
        return self._versions[trigger_id, version]

    def messages(self, trigger_id: str) -> "Mapping[str, Template]":
        """The messages of the trigger `trigger_id`, by `<channel>` and `<channel>.<variant>`.

        Raises:
            RuleError: all mistakes of all its messages together.
        """
        from nudgekit.content.template import load_messages  # noqa: PLC0415  # content is dear; arming needs none

        if trigger_id not in self._messages:
            self._messages[trigger_id] = load_messages(self._folder(trigger_id))
        return self._messages[trigger_id]

    def _topics(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.policy.topics)

    def _folder(self, trigger_id: str) -> Path:
        folder = self.path / trigger_id
        if not (folder / "rule.py").exists():
            remedy = nearest(trigger_id, self.ids) if self.ids else "add a folder with a rule.py"
            raise RuleError(f"there is no trigger {trigger_id!r}", str(self.path), remedy)
        return folder


def load_book(path: Path) -> Book:
    """The rule book in the folder `path`.

    Raises:
        RuleError: there is no such folder.
    """
    if not path.is_dir():
        raise RuleError("there is no such folder", str(path), "give the folder that has the rules")
    return Book(path)
