"""Under any interleaving, the higher priority gets the scarce place, no cap is exceeded, and every run has an end."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from nudgekit import Cap
from nudgekit.model.base import from_ms
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Run
from nudgekit.runs.ports import WakeUp
from tests.builders import NOON
from tests.shop import Shop

STEPS = st.lists(
    st.tuples(st.integers(0, 240), st.sampled_from(["fill", "look"]), st.integers(1, 3)), min_size=2, max_size=6
)


@settings(max_examples=60, deadline=None)
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
    for higher in (run for run in shop.runs().values() if run.trigger == "cart"):
        assert not _robbed(shop, higher, cap)


def _shuffled(due: list[WakeUp], chance: object) -> list[WakeUp]:
    mixed = list(due)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    return mixed


def _robbed(shop: Shop, higher: Run, cap: Cap) -> bool:
    """Whether the run had to wait at its first turn for a place that a lower one took while it was armed."""
    first = higher.active_at + timedelta(minutes=30)
    armed_at = from_ms(higher.occurrence)
    waited = [report for report in shop.reports if report.trigger == "cart" and report.reason == Reason.CAPPED]
    taken = [at for trigger, at in shop.sends() if trigger == "browse" and armed_at < at < first and at > first - cap.per]
    own = [at for trigger, at in shop.sends() if first - cap.per < at <= first]
    late = bool(waited) and not any(at == first and trigger == "cart" for trigger, at in shop.sends())
    return late and bool(taken) and len(own) >= cap.limit and sum(1 for t, _ in shop.sends() if t == "cart") < 1
