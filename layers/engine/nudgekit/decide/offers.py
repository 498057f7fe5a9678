"""What the message may promise: the person's own code, a new one, or nothing; and why."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, Literal, get_args

from nudgekit.decide.case import Case
from nudgekit.decide.supply import NO_OFFER, Draw, Offered
from nudgekit.language.offer import Offer, Terms
from nudgekit.model.decision import passed
from nudgekit.model.offer import HIDDEN, Lease, Promise
from nudgekit.model.zone import zone

Answer = Literal["new", "kept", "again", "renewed", "ended", "not_entitled", "withdrawn", "not_yet", "over", "used_up"]
"""Why a message has an offer or none; docs/reference/reasons.md has a sentence for each."""

ANSWERS: Final[tuple[str, ...]] = get_args(Answer)

Seen = tuple[tuple[str, Any], ...]


def offered(case: Case) -> Offered:
    """What the message of `case` may promise. It never keeps a message from going out: who gets none, gets the story.

    A run whose messages may have reached the person keeps to the code that it has promised; what nobody has seen yet
    goes only to whom the offer is for by now. A person has one code of an offer until they have used it; one that has
    ended is promised anew, as long as it is worth the same. Only then is a code drawn.
    """
    terms = case.trigger.offer
    if not isinstance(terms, Terms):
        return NO_OFFER
    if case.run.offer is not None and case.run.handed_off:
        return _of_run(case.run.offer, case, terms)
    held, seen = terms.to.told(case.scope)
    if not held:
        return _answer(terms, "not_entitled", seen)
    if case.run.offer is not None:
        return _of_run(case.run.offer, case, terms, seen)
    return _of_lease(case, terms, seen) or _of_supply(case, terms, seen)


def hidden(promise: Promise) -> Promise:
    """The promise as it stands in a message that nobody gets."""
    return promise.model_copy(update={"code": HIDDEN})


def _of_run(promise: Promise, case: Case, terms: Terms, seen: Seen = ()) -> Offered:
    """The code that messages of the run have shown, as long as it counts."""
    if case.now < promise.ends:
        return _answer(terms, "kept", seen, promise=promise)
    return _answer(terms, "ended", seen)


def _of_lease(case: Case, terms: Terms, seen: Seen) -> Offered | None:
    """The code that the person has and has not used, if it still counts."""
    lease = case.ledger.leases.get(terms.id)
    if lease is None or lease.used_at is not None or case.now >= lease.promise.ends:
        return None
    return _answer(terms, "again", seen, promise=lease.promise)


def _of_supply(case: Case, terms: Terms, seen: Seen) -> Offered:
    supply = case.supply(terms)
    if supply.offer is None:
        return _answer(terms, "withdrawn", seen)
    given = supply.offer.given_on(case.now.astimezone(zone(case.policy.default_timezone) or UTC).date())
    if given != "yes":
        return _answer(terms, given, seen)
    lease, ends = case.ledger.leases.get(terms.id), _ends(case, terms, supply.offer)
    if lease is not None and _may_be_renewed(lease, terms):
        return _answer(terms, "renewed", seen, promise=lease.promise.model_copy(update={"ends": ends}))
    if supply.draw is None:
        return _answer(terms, "used_up", seen, left=0)
    return _answer(terms, "new", seen, _promised(terms, supply.draw, ends), supply.draw, supply.left)


def _may_be_renewed(lease: Lease, terms: Terms) -> bool:
    same = (terms.percent, terms.amount, terms.currency)
    return lease.used_at is None and same == (lease.promise.percent, lease.promise.amount, lease.promise.currency)


def _promised(terms: Terms, draw: Draw, ends: datetime) -> Promise:
    return Promise(
        offer=terms.id,
        code=draw.code,
        ends=ends,
        percent=terms.percent,
        amount=terms.amount,
        currency=terms.currency,
    )


def _ends(case: Case, terms: Terms, offer: Offer) -> datetime:
    """Until when a code counts that is promised now: never beyond the offer's last day."""
    ends = case.now + terms.expires_after
    if offer.valid_until is None:
        return ends
    after = datetime.combine(offer.valid_until + timedelta(days=1), time(), zone(case.policy.default_timezone) or UTC)
    return min(ends, after.astimezone(UTC))


def _answer(  # noqa: PLR0913, PLR0917  # one line of the trace, and what it is about
    terms: Terms,
    answer: Answer,
    seen: Seen = (),
    promise: Promise | None = None,
    draw: Draw | None = None,
    left: int | None = None,
) -> Offered:
    told = (
        ("offer", f"{terms.id}, {terms}"),
        ("answer", answer),
        *seen,
        *((("left", left),) if left is not None else ()),
    )
    return Offered(promise, draw, passed(*told))
