"""Codes of offers at work: drawn with the claim of the message that first shows them, and put back when nobody saw it.

A code leaves its drawer in the transaction that claims the message, so two people never get one, and a budget, which
is dealt out to the drawers, is never passed. A claim that loses the race for a drawer asks another one.
"""

from collections.abc import Callable, Container
from datetime import datetime
from typing import Final

from nudgekit.decide.supply import Draw, Supply
from nudgekit.language.offer import Offer, Terms
from nudgekit.model.ledger import Ledger
from nudgekit.model.message import UNSENT
from nudgekit.model.offer import DRAWERS, Drawer, Lease, first_drawer, quota_of
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Run
from nudgekit.runs.documents import Kind, Put, Ref, Write
from nudgekit.runs.places import put_ledger
from nudgekit.runs.plan import Plan
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.snapshot import Snapshot

STRIDE: Final = 5
"""Drawers that a claim which lost a race goes on by; with their number it has no factor in common."""


class Codes:
    """The codes that one trigger's messages may show.

    Args:
        rules: the trigger's rules.

    Attributes:
        attempt: how often the signal at hand has lost a race.
    """

    def __init__(self, rules: Rulebook) -> None:
        self.rules, self.attempt = rules, 0

    @property
    def refs(self) -> tuple[Ref, ...]:
        """What a batch must read to find codes."""
        terms = self.rules.trigger.offer
        return drawers_of(terms.id) if isinstance(terms, Terms) else ()

    def supply(self, person: str, snapshot: Snapshot) -> Callable[[Terms], Supply]:
        """What there is of an offer for `person`, looked up when asked."""
        return lambda terms: self._supply(terms, person, snapshot)

    def _supply(self, terms: Terms, person: str, snapshot: Snapshot) -> Supply:
        offer = self.rules.offer(terms.id)
        if offer is None:
            return Supply(None)
        refs = drawers_of(terms.id)
        snapshot.refresh(ref for ref in refs if ref not in snapshot.documents)
        left = [_left(offer, number, _drawer(ref, snapshot)) for number, ref in enumerate(refs)]
        first = first_drawer(person) + STRIDE * self.attempt
        order = [(first + step) % DRAWERS for step in range(DRAWERS)]
        draws = (self._draw(terms.id, offer, number, snapshot) for number in order if left[number])
        return Supply(offer, sum(left), next((each for each in draws if each is not None), None))

    def _draw(self, name: str, offer: Offer, number: int, snapshot: Snapshot) -> Draw | None:
        """The drawer's first code; None when its codes are not where they should be."""
        ref = drawer_ref(name, number)
        drawer = _drawer(ref, snapshot)
        version = snapshot.get(ref).version
        if not drawer.free and offer.codes == "pool":
            block = snapshot.get(block_ref(name, number, drawer.opened)).value
            drawer = drawer.with_block(block or ())
        if drawer.free:
            return Draw(name, drawer.free[0], number, version, drawer.taken())
        if offer.codes == "pool":
            return None
        return Draw(name, self.rules.code(name, number, drawer.next), number, version, drawer.made())

    def settled(self, plan: Plan, snapshot: Snapshot, now: datetime) -> Plan:
        """The plan, which gives a code back if it leaves its run without a message that the person may have seen."""
        put = next((each for each in plan.puts if _leaves_unseen(each, _plain(plan))), None)
        if not isinstance(put, Put):
            return plan
        run: Run = put.value
        ledger_ref = Ref(Kind.LEDGER, run.person)
        planned = next((each for each in plan.puts if isinstance(each, Put) and each.ref == ledger_ref), None)
        before = snapshot.get(ledger_ref)
        ledger: Ledger | None = planned.value if planned else before.value
        if run.offer is None or ledger is None:
            return plan
        after, lease = ledger.unleased(run.offer, run.id)
        puts = [
            *(each for each in plan.puts if each.ref not in {put.ref, ledger_ref}),
            put._replace(value=run.model_copy(update={"offer": None})),
            planned._replace(value=after) if planned else put_ledger(run.person, after, before.version, now),
            *(put_back(lease, snapshot) if lease else ()),
        ]
        return plan._replace(puts=tuple(puts))


def _plain(plan: Plan) -> Container[str]:
    """The messages that it writes and that show no code."""
    messages = (put.value for put in plan.puts if isinstance(put, Put) and put.ref.kind is Kind.MESSAGE)
    return {message.id for message in messages if not message.offered}


def _leaves_unseen(write: Write, plain: Container[str]) -> bool:
    """Whether it writes a run that has a code, that no message shows to anybody, and that is over or waits.

    Args:
        write: the write.
        plain: messages of this plan that show no code.
    """
    if not isinstance(write, Put) or write.ref.kind is not Kind.RUN:
        return False
    run: Run = write.value
    if run.offer is None or (run.outcome is None and run.waiting is None) or run.reason is Reason.MERGED:
        return False
    return all(each.status in UNSENT or each.message in plain for each in run.attempts)


def put_back(lease: Lease, snapshot: Snapshot) -> tuple[Put, ...]:
    """The write that lays the code of a lease back into its drawer."""
    ref = drawer_ref(lease.promise.offer, lease.drawer)
    stored = snapshot.get(ref)
    drawer: Drawer | None = stored.value
    return (Put(ref, drawer.back(lease.promise.code), stored.version),) if drawer is not None else ()


def put_draw(draw: Draw | None) -> tuple[Put, ...]:
    """The write that takes a code out of its drawer; it fails when somebody else was faster."""
    return (Put(drawer_ref(draw.offer, draw.drawer), draw.after, draw.version),) if draw is not None else ()


def drawers_of(offer: str) -> tuple[Ref, ...]:
    """All drawers of an offer, by number."""
    return tuple(drawer_ref(offer, number) for number in range(DRAWERS))


def drawer_ref(offer: str, number: int) -> Ref:
    """One of an offer's drawers."""
    return Ref(Kind.DRAWER, f"{offer}#{number}")


def block_ref(offer: str, drawer: int, number: int) -> Ref:
    """One of a drawer's blocks of imported codes."""
    return Ref(Kind.BLOCK, f"{offer}#{drawer}", f"{number:06d}")


def _drawer(ref: Ref, snapshot: Snapshot) -> Drawer:
    found: Drawer | None = snapshot.get(ref).value
    return found or Drawer()


def _left(offer: Offer, number: int, drawer: Drawer) -> int:
    return drawer.left(quota_of(offer.budget, number), pooled=offer.codes == "pool")
