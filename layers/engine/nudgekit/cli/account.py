"""The account of a replay: for every cart, what the data says should have happened beside what was decided.

The data's own clock judges: a cart counts as followed when its order came within the rule's time after the last thing
put into it. Decisions under a time scale come a little late, because a timer's second is many of the stage's; an order
that falls between the moment a decision was due and the moment it was made may be judged either way, and is listed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from nudgekit.cli.formats.parts import Event, happened, person_of
from nudgekit.model.decision import Decision
from nudgekit.model.facts import event_mark
from nudgekit.model.reasons import Reason

Judgement = Literal["right", "borderline", "violation", "open"]


@dataclass(frozen=True)
class Visit:
    """Activity around one cart, without a pause as long as the rule's time.

    Attributes:
        person: whose.
        cart: the cart's id; empty when the data has none.
        last: the last thing done to it.
        due: when the rule's time is up.
        order: the first order after that; None when there is none.
    """

    person: str
    cart: str
    last: datetime
    due: datetime
    order: datetime | None

    @property
    def followed(self) -> bool:
        """Whether the order came in time."""
        return self.order is not None and self.order <= self.due


@dataclass(frozen=True)
class Line:
    """One visit beside what was decided about it.

    Attributes:
        answer: `message`, a reason for silence or for waiting, or `undecided`.
        late: how long after its time the decision was made, on the stage's clock; None when there is none.
    """

    visit: Visit
    answer: str
    late: timedelta | None
    judgement: Judgement


def visits(events: Iterable[Event], starts: frozenset[str], stops: frozenset[str], within: timedelta) -> list[Visit]:
    """Find every visit in events.

    Args:
        events: in any order; a repeated message id counts once.
        starts: names of the events that start the rule's time anew.
        stops: names of the events that the rule waits for; one without a cart id concerns all carts of the person.
        within: the rule's time.
    """
    started: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    stopped: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for each in {each["detail"]["message_id"]: each for each in events}.values():
        key = (person_of(each), str(each["detail"]["properties"].get("cart_id", "")))
        if each["detail-type"] in starts:
            started[key].append(happened(each))
        elif each["detail-type"] in stops:
            stopped[key].append(happened(each))
    return [visit for key in started for visit in _of_one_cart(key, started[key], _orders(key, stopped), within)]


def _orders(key: tuple[str, str], stopped: Mapping[tuple[str, str], list[datetime]]) -> list[datetime]:
    own = stopped.get(key, [])
    return sorted({*own, *stopped.get((key[0], ""), [])})


def _of_one_cart(
    key: tuple[str, str], started: Sequence[datetime], orders: Sequence[datetime], within: timedelta
) -> list[Visit]:
    times = sorted(started)
    lasts = [at for at, after in zip(times, [*times[1:], None], strict=True) if after is None or after > at + within]
    return [Visit(*key, last, last + within, next((at for at in orders if at >= last), None)) for last in lasts]


def judge(
    found: Iterable[Visit], decisions: Iterable[tuple[str, Decision]], end: datetime, slack: timedelta
) -> list[Line]:
    """Put each visit beside the first decision made about it.

    Args:
        found: the visits.
        decisions: (person, decision), in order of time.
        end: when the replay stopped, on the stage's clock.
        slack: how late a decision may be: what the time scale cannot resolve.
    """
    made: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for person, decision in decisions:
        made[person, decision.run].append(decision)
    return [_judge(visit, made[visit.person, visit.cart], end, slack) for visit in found]


def _judge(visit: Visit, made: Sequence[Decision], end: datetime, slack: timedelta) -> Line:
    early = [each for each in made if each.do == "send" and visit.last + slack < each.at < visit.due]
    if early:
        return Line(visit, "message", early[0].at - visit.due, "violation")
    first = next((each for each in made if each.at >= visit.due and each.reason is not Reason.STILL_ACTIVE), None)
    if first is None:
        return _never_due(visit, made, end, slack)
    answer = "message" if first.do == "send" else str(first.reason or "silence")
    return Line(visit, answer, first.at - visit.due, _verdict(visit, answer, first.at, made, slack))


def _never_due(visit: Visit, made: Sequence[Decision], end: datetime, slack: timedelta) -> Line:
    """A visit without a decision of its own: its run was over before, or its time had not come, or it was forgotten."""
    over = next((each for each in made if each.do == "end" and each.at >= visit.last), None)
    if over is not None:
        return Line(visit, str(over.reason or "silence"), None, "right")
    return Line(visit, "undecided", None, "open" if end < visit.due + slack else "violation")


def _verdict(visit: Visit, answer: str, at: datetime, made: Sequence[Decision], slack: timedelta) -> Judgement:
    if visit.order is None:
        return "violation" if answer == Reason.UNLESS_MET else "right"
    if visit.followed:
        return "violation" if _sent_after(visit.order, made, timedelta()) else "right"
    if answer == Reason.UNLESS_MET:
        return "borderline" if visit.order <= at else "violation"
    return "violation" if _sent_after(visit.order, made, slack) else "borderline" if visit.order <= at else "right"


def _sent_after(order: datetime, made: Iterable[Decision], slack: timedelta) -> bool:
    """Whether a message was decided on when the order had long been known, and nothing has been started since."""
    return any(each.do == "send" and each.at > order + slack for each in made)


@dataclass(frozen=True)
class EventAccount:
    """What became of the events that were put on the bus.

    Attributes:
        put: all of them.
        repeats: those whose id had been put before.
        folded: different ones that stand in their person's facts.
        missing: different ones that do not.
        starts: those that could start a run, repeats included.
        answered: answers of the trigger to start events: armed, repeated or too old.
        undecided: carts without an order whose run has no outcome, as (person, cart).
    """

    put: int
    repeats: int
    folded: int
    missing: tuple[str, ...]
    starts: int
    answered: int
    undecided: tuple[tuple[str, str], ...]

    @property
    def faults(self) -> list[str]:
        """Everything that is not accounted for, in words."""
        found = []
        if self.missing:
            found.append(f"{len(self.missing)} events were neither folded nor rejected")
        if self.answered < self.starts:
            found.append(f"{self.starts - self.answered} start events got no answer from the trigger")
        if self.undecided:
            found.append(f"{len(self.undecided)} carts have no run with an outcome")
        return found


def account_events(
    events: Sequence[Event],
    seen: Mapping[str, Set[str]],
    starts: frozenset[str],
    answered: int,
    undecided: tuple[tuple[str, str], ...],
) -> EventAccount:
    """Find every event in the facts of its person.

    Args:
        events: what was put on the bus.
        seen: by person, the marks of the events in their facts.
        starts: names of the events that start the rule's time anew.
        answered: how many answers the trigger gave to start events.
        undecided: see `without_outcome`.
    """
    different = {(person_of(each), mark_of(each)): each["detail"]["message_id"] for each in events}
    missing = tuple(name for (person, mark), name in different.items() if mark not in seen.get(person, ()))
    return EventAccount(
        put=len(events),
        repeats=len(events) - len(different),
        folded=len(different) - len(missing),
        missing=missing,
        starts=sum(1 for each in events if each["detail-type"] in starts),
        answered=answered,
        undecided=undecided,
    )


def mark_of(entry: Event) -> str:
    """What stands for an event in its person's facts."""
    return event_mark(entry["source"], entry["detail"]["message_id"])


def without_outcome(found: Iterable[Visit], ended: Set[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Carts that were left without an order in time, and whose run has no outcome."""
    left = dict.fromkeys((visit.person, visit.cart) for visit in found if not visit.followed)
    return tuple(cart for cart in left if cart not in ended)


def lateness(lines: Iterable[Line]) -> list[timedelta]:
    """How late the decisions were, sorted."""
    return sorted(line.late for line in lines if line.late is not None)


def outcomes(lines: Iterable[Line]) -> dict[bool, Counter[str]]:
    """Count what was decided, for carts that were followed by an order and for those that were not."""
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for line in lines:
        counts[line.visit.followed][line.answer] += 1
    return counts


def of_kind(lines: Iterable[Line], judgement: Judgement) -> list[Line]:
    """Pick the lines of one judgement."""
    return [line for line in lines if line.judgement == judgement]
