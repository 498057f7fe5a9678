"""Under any interleaving, the higher priority gets the scarce place, no cap is exceeded, and every run has an end."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from nudgekit import Cap
from nudgekit.model.base import from_ms
from nudgekit.model.reasons import Reason
from nudgekit.runs.ports import WakeUp
from nudgekit.runs.reports import run_mark
from tests.builders import NOON
from tests.examples import examples
from tests.shop import Shop

STEPS = st.lists(
    st.tuples(st.integers(0, 240), st.sampled_from(["fill", "look"]), st.integers(1, 3)), min_size=2, max_size=6
)


@examples(60)
@given(STEPS, st.integers(1, 3), st.integers(1, 12), st.randoms(use_true_random=False))
def test_no_lower_run_takes_a_place_that_a_higher_one_then_lacks(
    steps: list[tuple[int, str, int]], limit: int, hours: int, chance: object
) -> None:
    cap = Cap("promotional", limit, timedelta(hours=hours))
    shop = Shop(NOON, caps=(cap,), quiet_hours=())
    shop.order = lambda due: _shuffled(due, chance)
    shop.know()
    for minute, what, number in sorted(steps):
        getattr(shop, what)(NOON + timedelta(minutes=minute), f"{what}-{number}")
    shop.turn(days=6)
    assert all(run.outcome is not None and run.reason is not None for run in shop.runs().values())
    times = [at for _, at in shop.sends()]
    for at in times:
        assert sum(1 for other in times if at <= other < at + cap.per) <= limit
    assert list(_robberies(shop, cap)) == []


def _shuffled(due: list[WakeUp], chance: object) -> list[WakeUp]:
    mixed = list(due)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    return mixed


def _robberies(shop: Shop, cap: Cap) -> Iterator[tuple[datetime, datetime]]:
    """Whenever a cart's first message found no room: messages that looks took in that window, with the cart armed.

    A place that another cart took in between does not count: nobody could have known of it.
    """
    runs = {run_mark(each.person, each.trigger, each.key, each.occurrence): each for each in shop.runs().values()}
    sends = shop.sends()
    for at, report in shop.log:
        run = runs.get(report.run)
        if run is None or report.trigger != "cart" or report.reason != Reason.CAPPED:
            continue
        for trigger, taken_at in sends:
            in_window = max(from_ms(run.occurrence), at - cap.per) < taken_at <= at
            others = any(name == "cart" and taken_at < sent_at <= at for name, sent_at in sends)
            first = not any(name == "cart" and sent_at < at for name, sent_at in sends)
            if trigger == "browse" and in_window and first and not others:
                yield at, taken_at
