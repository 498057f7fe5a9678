"""What the life of a run needs from the rules."""

from functools import cached_property

from nudgekit.book import Book
from nudgekit.decide.case import Case
from nudgekit.errors import RuleError
from nudgekit.language.policy import Policy
from nudgekit.language.trigger import Rung, Trigger
from nudgekit.model.message import Content


class Rulebook:
    """One trigger with its versions, its messages, and the shop's policy."""

    def __init__(self, book: Book, trigger_id: str) -> None:
        self.book, self.id = book, trigger_id

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
        template = messages.get(f"{rung.channel}.{case.variant}") or messages.get(rung.channel)
        if template is None:
            return f"there is no message for {rung.channel}"
        products = case.products.values()
        context = message_context(case.profile, case.cart, case.policy, self.id, message_id, products)
        try:
            return template.render(context)
        except RuleError as error:
            return str(error)


def _readable(book: Book, trigger_id: str) -> Trigger | None:
    try:
        return book.trigger(trigger_id)
    except RuleError:
        return None
