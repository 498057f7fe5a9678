"""A code that somebody ordered with: the person's own, marked as used, so that it is not promised again."""

from collections.abc import Iterable, Sequence
from typing import Final

from nudgekit.model.codes import plain_code
from nudgekit.model.event import Event
from nudgekit.model.ledger import Ledger
from nudgekit.model.offer import Drawer, Lease
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.offers import drawer_ref
from nudgekit.runs.places import LEDGER_KEPT
from nudgekit.runs.snapshot import Snapshot

LONGEST_CODE: Final = 64
"""What is longer is no code."""


def redeemed(person: str, events: Sequence[Event], snapshot: Snapshot) -> list[Put]:
    """The writes that mark as used what the person ordered with; for orders without a coupon nothing is read."""
    orders = {code: event for event in events if (code := coupon_of(event))}
    if not orders:
        return []
    ref = Ref(Kind.LEDGER, person)
    stored = snapshot.get(ref)
    ledger: Ledger = stored.value or Ledger()
    used = {
        name: lease.model_copy(update={"used_at": orders[code].at})
        for name, lease in ledger.leases.items()
        if lease.used_at is None and (code := plain_code(lease.promise.code)) in orders
    }
    if not used:
        return []
    after = ledger.model_copy(update={"leases": {**ledger.leases, **used}})
    expires = max(orders[plain_code(each.promise.code)].at for each in used.values()) + LEDGER_KEPT
    return [Put(ref, after, stored.version, None, expires), *_counted(used.values(), snapshot)]


def coupon_of(event: Event) -> str:
    """The code of an order, without what people type differently; empty when it has none."""
    given = (event.detail.properties.model_extra or {}).get("coupon") if event.name == "Order Completed" else None
    return plain_code(given) if isinstance(given, str) and len(given) <= LONGEST_CODE else ""


def _counted(leases: Iterable[Lease], snapshot: Snapshot) -> list[Put]:
    found = []
    for lease in leases:
        ref = drawer_ref(lease.promise.offer, lease.drawer)
        stored = snapshot.get(ref)
        drawer: Drawer | None = stored.value
        found += [Put(ref, drawer.ordered_with(), stored.version)] if drawer is not None else []
    return found
