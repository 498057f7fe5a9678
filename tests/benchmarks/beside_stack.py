"""The same question as `beside`, put to the deployed local stack: reminders of carts alone, and while a sale goes out.

Everything shares this machine: two cores run the emulator of AWS, every function, and this. So a sale takes the
processor from the reminders whatever lane they are in, and the ratio says more of the machine than of the lanes. It is
an upper bound that was measured, with nothing assumed.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Final, NamedTuple

from nudgekit.cli.formats.parts import event
from nudgekit.cli.sink.engagement import read
from tests.benchmarks.stack import WAIT, WARM_UP, Load, fresh_stack, shop_event
from tests.benchmarks.table import Row

CARTS: Final = 40
BETWEEN: Final = 0.25
"""Seconds between two carts."""

SALE: Final = 300
GROUP: Final = "bench-sale"


class Seconds(NamedTuple):
    """How long each reminder took, by the wall.

    Attributes:
        decided: from the moment at which its run was due to its decision.
        handed: from its decision to the provider's call.
    """

    decided: tuple[float, ...]
    handed: tuple[float, ...]

    @property
    def whole(self) -> tuple[float, ...]:
        """From due to the provider's call."""
        return tuple(map(sum, zip(self.decided, self.handed, strict=True)))


def rows() -> Iterator[Row]:
    """Reminders alone, beside a sale, and alone again."""
    with fresh_stack() as stack:
        load = Load(stack)
        load.lifetimes(load.people(WARM_UP))
        group = load.people(SALE, [GROUP])
        alone = _reminded(load, None)
        beside = _reminded(load, group)
        again = _reminded(load, None)
    for name, seconds in {"alone": alone, f"beside a sale to {SALE} people": beside, "alone again": again}.items():
        yield Row(
            f"stack: reminder of a cart, due to provider, {name}",
            f"{_said(seconds.whole)}; its decision {_said(seconds.decided)}; from there {_said(seconds.handed)}",
            f"{_over(seconds.whole, alone.whole)}; from decision to provider {_over(seconds.handed, alone.handed)}",
        )


def _said(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.2f} s (95 of 100 within {_late(seconds):.2f} s)"


def _over(seconds: Sequence[float], alone: Sequence[float]) -> str:
    return f"{median(seconds) / median(alone):.1f} x, late ones {_late(seconds) / _late(alone):.1f} x"


def _late(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def _reminded(load: Load, group: Sequence[str] | None) -> Seconds:
    """Carts are left one after the other; when the first reminder is due, the sale begins, if there is one."""
    due = _left(load, load.people(CARTS))
    _sleep_until(min(due.values()))
    if group is not None:
        load.put([_sale(load.now())])
    _sleep_until(max(due.values()) + timedelta(seconds=2))
    load.until_quiet()
    calls = load.provider_calls({*due, *(group or ())})
    if len(calls) != len(due) + len(group or ()):
        raise RuntimeError(f"{len(calls)} of {len(due) + len(group or ())} people were messaged; see `nudgekit logs`")
    messages = (each for each in read(load.stack, people=False).messages if each.trigger == "cart_abandonment")
    decided = {each.person: load.stack.clock.to_real(each.claimed_at) for each in messages}
    return Seconds(
        tuple((decided[person] - at).total_seconds() for person, at in due.items()),
        tuple((calls[person] - decided[person]).total_seconds() for person in due),
    )


def _left(load: Load, people: Sequence[str]) -> Mapping[str, datetime]:
    """When the reminder of each is due, by the wall."""
    due = {}
    for person in people:
        at = load.now()
        load.put([shop_event("Product Added", person, at)])
        due[person] = load.stack.clock.to_real(at + WAIT)
        time.sleep(BETWEEN)
    return due


def _sleep_until(moment: datetime) -> None:
    time.sleep(max((moment - datetime.now(UTC)).total_seconds(), 0))


def _sale(at: datetime) -> dict[str, object]:
    properties = {
        "sale_id": "bench", "name": "The Lantern Sale", "segment": GROUP, "percent": 25,
        "ends_at": (at + timedelta(hours=40)).isoformat(),
    }  # fmt: skip
    return event("shop", "Flash Sale Started", {}, at, message_id="bench-sale", properties=properties)
