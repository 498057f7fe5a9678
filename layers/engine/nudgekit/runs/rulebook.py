"""What the life of a run needs from the rules."""

from collections.abc import Callable

from nudgekit.book import Book
from nudgekit.content.links import PREVIEW, Linker, MessageLinks
from nudgekit.decide.case import Case
from nudgekit.errors import RuleError
from nudgekit.language.policy import Policy
from nudgekit.language.trigger import Rung, Trigger
from nudgekit.model.base import Channel
from nudgekit.model.message import Content
from nudgekit.model.profile import address_mark


class Rulebook:
    """One trigger with its versions, its messages, and the shop's policy.

    Args:
        book: where the rules are read.
        trigger_id: the trigger.
        linker: makes the links in its messages when first asked; without one they lead nowhere.
    """

    def __init__(self, book: Book, trigger_id: str, linker: Callable[[], Linker] = lambda: PREVIEW) -> None:
        self.book, self.id, self.linker = book, trigger_id, linker

    @property
    def trigger(self) -> Trigger:
        """The version in force: new runs are armed by it."""
        return self.book.trigger(self.id)

    @property
    def policy(self) -> Policy:
        """The shop's numbers."""
        return self.book.policy

    def version(self, number: int) -> Trigger:
        """The version that armed a run; the one in force when that version is no longer known."""
        try:
            return self.book.trigger(self.id, number)
        except RuleError:
            return self.trigger

    def render(self, case: Case, rung: Rung, message_id: str) -> Content | str:
        """The rung's message; a text that names the fault when it cannot be written with the data at hand."""
        from nudgekit.content.context import message_context  # noqa: PLC0415  # dear to import; arming needs none

        template = self.book.messages(self.id).get(rung.channel)
        if template is None:
            return f"there is no message for {rung.channel}"
        products = case.products.values()
        links = self._links(case, rung.channel, message_id)
        context = message_context(case.profile, case.cart, case.policy, self.id, message_id, products, links=links)
        try:
            return template.render(context)
        except RuleError as error:
            return str(error)

    def _links(self, case: Case, channel: Channel, message_id: str) -> MessageLinks:
        address = case.profile.address(channel)
        return self.linker().links(case.run.person, channel, message_id, address_mark(address) if address else "")
