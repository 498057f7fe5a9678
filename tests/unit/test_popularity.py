"""What is popular: counted by day, within bounds, most wanted first."""

from datetime import timedelta

from nudgekit.model.base import day_of
from nudgekit.model.popularity import DAYS, MAX_PRODUCTS, Popularity, top
from tests.builders import NOON

TODAY = day_of(NOON)


def test_parts_are_taken_together_and_the_most_wanted_comes_first() -> None:
    parts = [
        Popularity().plus({"mug": {TODAY: 2.0}, "vase": {TODAY: 3.0}}),
        Popularity().plus({"mug": {TODAY - 1: 2.0}}),
    ]
    assert top(parts, 7, NOON) == (("mug", 4.0), ("vase", 3.0))


def test_only_the_last_days_count() -> None:
    part = Popularity().plus({"mug": {TODAY - 7: 9.0, TODAY - 6: 1.0}})
    assert top([part], 7, NOON) == (("mug", 1.0),)
    assert top([part], 6, NOON) == ()
    assert top([part], 8, NOON) == (("mug", 10.0),)


def test_days_beyond_the_bound_are_forgotten() -> None:
    part = Popularity().plus({"mug": {TODAY - DAYS: 5.0}}).plus({"vase": {TODAY: 1.0}})
    assert part.days == {"vase": {TODAY: 1.0}}
    assert top([part], DAYS, NOON + timedelta(days=DAYS)) == ()


def test_something_new_pushes_out_what_was_wanted_long_ago() -> None:
    old = {f"old-{number}": {TODAY - 20: 3.0} for number in range(MAX_PRODUCTS)}
    part = Popularity().plus(old).plus({"new": {TODAY: 1.0}})
    assert len(part.days) == MAX_PRODUCTS
    assert "new" in part.days
