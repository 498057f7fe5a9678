"""What the life of a run needs from the rules."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from nudgekit.book import Book
from nudgekit.decide.case import Case
from nudgekit.errors import CalledOff, RuleError
from nudgekit.language.ladder import Rung
from nudgekit.language.offer import Offer
from nudgekit.language.policy import Policy
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import Channel
from nudgekit.model.codes import PREVIEW_KEY, code_of
from nudgekit.model.message import Aborted, Content
from nudgekit.model.profile import address_mark

if TYPE_CHECKING:
    from nudgekit.content.context import Inputs
    from nudgekit.content.links import Linker, MessageLinks


class Rulebook:
    """One trigger with its versions, its messages, and the shop's policy.

    Args:
        book: where the rules are read.
        trigger_id: the trigger.
        linker: makes the links in its messages when first asked; without one they lead nowhere.
        hurry: how much of the engine's time passes while so much does on the wall; what depends on how fast our own
            functions work is measured by the wall.
        code_key: the secret by which codes are made, when first asked; without one they are those of previews.
    """

    def __init__(
        self,
        book: Book,
        trigger_id: str,
        linker: "Callable[[], Linker] | None" = None,
        hurry: Callable[[timedelta], timedelta] = lambda length: length,
        code_key: Callable[[], bytes] = lambda: PREVIEW_KEY,
    ) -> None:
        self.book, self.id, self.linker, self.hurry, self.code_key = book, trigger_id, linker, hurry, code_key

    @property
    def trigger(self) -> Trigger:
        """The version in force: new runs are armed by it."""
        return self.book.trigger(self.id)

    @cached_property
    def policy(self) -> Policy:
        """The shop's numbers."""
        policy = self.book.policy
        return policy if policy.freshness is None else replace(policy, freshness=self.hurry(policy.freshness))

    def version(self, number: int) -> Trigger:
        """The version that armed a run, which decides about it to the end.

        Raises:
            RuleError: that version is not deployed.
        """
        return self.book.trigger(self.id, number)

    def knows(self, number: int) -> bool:
        """Whether the version is deployed; what a version began that is not, nobody can finish."""
        try:
            self.version(number)
        except RuleError:
            return False
        return True

    def offer(self, name: str) -> Offer | None:
        """The offer `name` as it stands; None when it was withdrawn."""
        return self.book.offers.get(name)

    def code(self, offer: str, drawer: int, number: int) -> str:
        """The code that is made for an offer under a number."""
        return code_of(self.code_key(), offer, drawer, number)

    def others(self) -> tuple[Trigger, ...]:
        """The other triggers of the shop, as they stand; one that cannot be read cannot be deployed either."""
        return self._others

    @cached_property
    def _others(self) -> tuple[Trigger, ...]:
        found = (_readable(self.book, each) for each in self.book.ids if each != self.id)
        return tuple(each for each in found if each is not None)

    def render(self, case: Case, rung: Rung, message_id: str) -> Content | str:
        """The rung's message; a text that names the fault when it cannot be written with the data at hand."""
        from nudgekit.content.context import message_context  # noqa: PLC0415  # dear to import; arming needs none

        messages = self.book.messages(self.id)
        template = messages.get(f"{rung.name}.{case.variant}") or messages.get(rung.name)
        if template is None:
            return f"there is no message for {rung.name}"
        inputs = self._inputs(case, message_id, self._links(case, rung.channel, message_id))
        try:
            content = template.render(message_context(inputs))
        except CalledOff as words:
            return Aborted(words)
        except RuleError as error:
            return str(error)
        return content.model_copy(update={"shown": inputs.shelf.shown})

    def _inputs(self, case: Case, message_id: str, links: "MessageLinks") -> "Inputs":
        """What the message `message_id` may draw on."""
        from nudgekit.content.context import Inputs, described  # noqa: PLC0415

        return Inputs(
            policy=case.policy,
            trigger=self.id,
            message=message_id,
            links=links,
            now=case.now,
            zone=case.zone,
            profile=case.profile,
            facts=case.facts,
            cart=case.on_offer,
            about=case.run.about,
            item=case.item or described(case.run.about, case.item_id),
            products=tuple(each for each in case.products.values() if each.available),
            offer=case.promise,
            picks=case.picks,
        )

    def _links(self, case: Case, channel: Channel, message_id: str) -> "MessageLinks":
        from nudgekit.content.links import PREVIEW  # noqa: PLC0415

        address = case.profile.address(channel)
        linker = self.linker() if self.linker else PREVIEW
        return linker.links(case.run.person, channel, message_id, address_mark(address) if address else "")


def _readable(book: Book, trigger_id: str) -> Trigger | None:
    try:
        return book.trigger(trigger_id)
    except RuleError:
        return None
