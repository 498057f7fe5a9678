"""How long it takes to count what goes with what over a million events, and what a crawler adds."""

import random
from time import perf_counter

import polars as pl

from nudgekit.cli.covisits import SCHEMA, complements, similar
from tests.benchmarks.table import Row

EVENTS = 1_000_000
PRODUCTS = 50_000
PEOPLE = 150_000
CATEGORIES = 200
MINUTE = 60_000


def made_up(events: int, crawler: int = 0) -> pl.DataFrame:
    """Visits of one to a dozen products each, some far more popular than others, one sign in thirty an order.

    Args:
        events: how many signs people give.
        crawler: how many products one more visitor opens, one a second, without a pause.
    """
    chance = random.Random(7)
    rows: list[tuple[str, int, str, str, bool]] = []
    while len(rows) < events:
        person, at = f"u{chance.randrange(PEOPLE)}", chance.randrange(30 * 24 * 60) * MINUTE
        near = int(PRODUCTS * chance.random() ** 3)
        for step in range(min(12, int(chance.expovariate(0.25)) + 1)):
            product = (near + int(chance.expovariate(0.05))) % PRODUCTS
            bought = chance.random() < 1 / 30
            rows.append((person, at + step * MINUTE, f"p{product}", f"c{product % CATEGORIES}", bought))
    rows += [("crawler", 1000 * step, f"p{step % PRODUCTS}", "", False) for step in range(crawler)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def seconds(found: pl.DataFrame) -> float:
    """How long both counts take."""
    begun = perf_counter()
    similar(found)
    complements(found)
    return perf_counter() - begun


def rows() -> list[Row]:
    """The count alone: reading the file takes its reader's time."""
    quarter, whole = seconds(made_up(EVENTS // 4)), seconds(made_up(EVENTS))
    crawled = seconds(made_up(EVENTS, crawler=PRODUCTS))
    return [
        Row("what goes with what, a million signs", f"{whole:.1f} s", f"{EVENTS / whole:,.0f} signs/s"),
        Row(
            "a quarter of them",
            f"{quarter:.1f} s",
            f"the whole takes {whole / quarter:.1f} x",
            "<= 8 x",
            whole <= 8 * quarter,
        ),
        Row(
            "with a crawler that opens all 50,000 products",
            f"{crawled:.1f} s",
            f"{crawled / whole:.2f} x",
            "<= 1.5 x",
            crawled <= 1.5 * whole,
        ),
    ]
