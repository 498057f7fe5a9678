"""What each trigger of the shop did: what it sent, why it was silent, and which of its reasons did not come about."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from nudgekit.book import Book
from nudgekit.cli.explain.silences import setting_of, silences
from nudgekit.cli.sink.engagement import Engagement
from nudgekit.model.decision import Decision
from nudgekit.model.message import LOST, Message
from nudgekit.model.reasons import Reason

AFTER_A_MESSAGE = frozenset(
    {
        Reason.ENGAGED,
        Reason.DELIVERED,
        Reason.GOAL_REACHED,
        Reason.LADDER_FINISHED,
        Reason.ALL_FAILED,
        Reason.AWAITING_ENGAGEMENT,
    }
)
"""Why a run is over, or waits, after it has said something: no silence."""


_ONLY_TRAVELLERS = "it comes once a week: only who travels far to the east meets its hour twice within six days"
_ERASING = "only while the person is being erased, which takes less than a second"
_LASTS = "a code lasts for days: one that ends on its way was given before the day began"

NOT_IN_A_DAY: Final[Mapping[tuple[str, str], str]] = {
    ("browse_abandonment", "offer_ended"): _LASTS,
    ("first_purchase_offer", "offer_ended"): _LASTS,
    ("confirm_subscription", "erased"): _ERASING,
    ("exit_intent", "erased"): _ERASING,
    (
        "interest_without_chat",
        "render_failed",
    ): "its audience asks who sells it, which the catalogue knows of what it can describe",
    ("seller_recap", "asked_recently"): _ONLY_TRAVELLERS,
    ("weekly_recommendations", "asked_recently"): _ONLY_TRAVELLERS,
    ("slipping_regular", "asked_recently"): "it takes three weeks of visits and one of absence, twice in four weeks",
}
"""By trigger and reason, what the sample's day does not show, and why; tests/situations and tests/unit do."""

NEARLY_ALL: Final = 0.9
"""The share of reasons that a replay must show. In memory the day shows all others; on a stack, how busy the machine is
decides which of two reasons somebody meets first."""


@dataclass
class Played:
    """What one trigger did.

    Attributes:
        sent: messages that somebody got, by channel.
        silent: times that a reason kept it silent: for good, for a while, or on one channel.
        possible: every reason that its gates can give.
    """

    trigger: str
    possible: tuple[str, ...] = ()
    sent: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)

    @property
    def not_shown(self) -> tuple[str, ...]:
        """The possible reasons that did not come about."""
        return tuple(each for each in self.possible if not self.silent[each])

    def missing(self) -> Iterator[str]:
        """What a demonstration of everything should have shown and did not."""
        if not self.sent:
            yield f"{self.trigger} sent nothing"
        if not self.silent:
            yield f"{self.trigger} was never silent"


def played(book: Book, engagement: Engagement) -> tuple[Played, ...]:
    """What every trigger of the book did, in order of their names."""
    found = {each: Played(each, _possible(book, each)) for each in sorted(book.ids)}
    for message in engagement.messages:
        if message.trigger in found:
            _count_message(found[message.trigger], message)
    for _, decision in engagement.decisions:
        if decision.trigger in found:
            found[decision.trigger].silent.update(_reasons(decision))
    return tuple(found.values())


def counted(plays: Sequence[Played]) -> tuple[int, int]:
    """How many reasons of how many came about, over all triggers."""
    possible = sum(len(play.possible) for play in plays)
    return possible - sum(len(play.not_shown) for play in plays), possible


def missing(plays: Sequence[Played]) -> list[str]:
    """What the whole playbook should have shown and did not."""
    found = [each for play in plays for each in play.missing()]
    shown, possible = counted(plays)
    if shown < NEARLY_ALL * possible:
        found.append(f"only {shown} of {possible} reasons to be silent came about")
    return found


def _possible(book: Book, trigger: str) -> tuple[str, ...]:
    setting = setting_of(book, trigger)
    return tuple(dict.fromkeys(str(each.reason) for each in silences(setting)))


def _count_message(play: Played, message: Message) -> None:
    if message.status in LOST and message.reason is not None:
        play.silent[str(message.reason)] += 1
    elif message.handed_off_at is not None:
        play.sent[str(message.channel)] += 1


def _reasons(decision: Decision) -> set[str]:
    """Why a decision did not send, or passed over a channel, each reason once."""
    found = {step.verdict.reason for step in decision.trace if step.verdict.answer != "pass"}
    return {str(each) for each in (*found, decision.reason) if each is not None and each not in AFTER_A_MESSAGE}
