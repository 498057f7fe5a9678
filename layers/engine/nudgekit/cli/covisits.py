"""What people look at in one visit, and what buyers of a category buy besides: counted over a whole file of events.

With E signs of interest, at most `VISIT` products of each visit and V of them in a usual one, sorting takes E log E and
counting at most E x `VISIT` pairs, usually E x V / 2. A crawler that opens every product brings no more pairs than
its signs x `VISIT`, and as each person counts once a pair, it moves no count by more than one. Memory holds the pairs
of a `PART` of the signs at a time, and of all parts those with their counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import polars as pl

from nudgekit.model.base import to_ms
from nudgekit.model.event import Event
from nudgekit.model.facts import INTEREST
from nudgekit.model.recommendation import Complement, Complements, Scored, Similar

PAUSE: Final = 30 * 60 * 1000
"""A pause so long (ms) ends a visit."""

VISIT: Final = 30
"""Products of one visit that count: the first."""

BASKET: Final = 30
"""Different products of one buyer that count: the latest."""

PART: Final = 1_000_000
"""Signs of interest whose pairs are counted at a time."""

SHRINK: Final = 5.0
"""So many people have to agree on a pair before it counts half: what one or two did may be chance."""

BOUGHT: Final = "Order Completed"
LOOKED_AT: Final = frozenset(name for name, weight in INTEREST.items() if weight >= INTEREST["Product Viewed"])
"""Events by which somebody looked at a product, or did more: being shown it in a list is less."""

SCHEMA: Final[Mapping[str, Any]] = {
    "person": pl.String, "at": pl.Int64, "product": pl.String, "category": pl.String, "bought": pl.Boolean,
}  # fmt: skip


class Bounds(NamedTuple):
    """What the batch keeps.

    Attributes:
        people: how many must agree on a pair at least.
        products: how many products a row has at most.
        categories: how many categories a row has at most.
        lift: how much more often than by chance two categories are bought by one person at least.
    """

    people: int = 2
    products: int = 20
    categories: int = 8
    lift: float = 1.2


USUAL: Final = Bounds()


def signs(events: Iterable[Event]) -> Iterator[tuple[str, int, str, str, bool]]:
    """The signs of interest in `events`, a row of `SCHEMA` for each product."""
    for event in events:
        if event.name in LOOKED_AT:
            at, bought = to_ms(event.at), event.name == BOUGHT
            for line in event.lines:
                yield event.person, at, line.product_id, line.category or "", bought


def table(rows: Iterable[tuple[str, int, str, str, bool]]) -> pl.DataFrame:
    """The rows of `signs` as a table."""
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def similar(found: pl.DataFrame, bounds: Bounds = USUAL) -> dict[str, Similar]:
    """For each product what goes with it, by the cosine of who looked at both.

    The cosine divides by the roots of how many looked at each: what everybody looks at goes with nothing in particular.
    """
    at = _end(found)
    visits = _numbered(_visits(found), "person", "product")
    names = visits.select("product", "product_number").unique()
    known = visits.select("person_number", "product_number").unique().group_by("product_number").len("people")
    counted = _counted(visits).filter(pl.col("both") >= bounds.people)
    both_ways = pl.concat([counted, counted.rename({"one": "other", "other": "one"}).select(counted.columns)])
    best = (
        both_ways.join(known.rename({"product_number": "one", "people": "of_one"}), on="one")
        .join(known.rename({"product_number": "other", "people": "of_other"}), on="other")
        .with_columns(score=_cosine() * pl.col("both") / (pl.col("both") + SHRINK))
        .join(names.rename({"product": "of", "product_number": "one"}), on="one")
        .join(names.rename({"product": "with", "product_number": "other"}), on="other")
        .sort(["of", "score", "with"], descending=[False, True, False])
        .group_by("of", maintain_order=True)
        .head(bounds.products)
        .group_by("of", maintain_order=True)
        .agg("with", pl.col("score").round(5))
    )
    return {
        of: Similar(at=at, products=tuple(Scored(*each) for each in zip(others, scores, strict=True)))
        for of, others, scores in best.iter_rows()
    }


def complements(found: pl.DataFrame, bounds: Bounds = USUAL) -> dict[str, Complements]:
    """For each category those that its buyers buy besides, by lift, with what of them they buy most."""
    bought = _baskets(found)
    kinds = bought.select("person", "category").unique()
    everybody = kinds.get_column("person").n_unique()
    buyers = kinds.group_by("category").len("buyers")
    lifted = (
        kinds.join(kinds, on="person", suffix="_other")
        .filter(pl.col("category") != pl.col("category_other"))
        .group_by("category", "category_other")
        .len("both")
        .filter(pl.col("both") >= bounds.people)
        .join(buyers, on="category")
        .join(buyers.rename({"category": "category_other", "buyers": "buyers_other"}), on="category_other")
        .with_columns(lift=pl.col("both") * everybody / (pl.col("buyers") * pl.col("buyers_other")))
        .filter(pl.col("lift") >= bounds.lift)
        .sort(["category", "lift", "category_other"], descending=[False, True, False])
        .group_by("category", maintain_order=True)
        .head(bounds.categories)
    )
    rows = lifted.join(_shelves(kinds, bought, bounds), on=["category", "category_other"], maintain_order="left")
    return _by_category(rows, _end(found))


def _by_category(rows: pl.DataFrame, at: int) -> dict[str, Complements]:
    shelves: dict[str, list[Complement]] = {}
    for category, other, lift, products in rows.select("category", "category_other", "lift", "product").iter_rows():
        shelves.setdefault(category, []).append(Complement(other, round(lift, 3), tuple(products)))
    return {category: Complements(at=at, categories=tuple(found)) for category, found in shelves.items()}


def _shelves(kinds: pl.DataFrame, bought: pl.DataFrame, bounds: Bounds) -> pl.DataFrame:
    """For each two categories, the products of the second that buyers of the first buy, the most bought first."""
    return (
        kinds.join(bought, on="person", suffix="_other")
        .filter(pl.col("category") != pl.col("category_other"))
        .group_by("category", "category_other", "product")
        .len("buyers")
        .sort(["buyers", "product"], descending=[True, False])
        .group_by("category", "category_other", maintain_order=True)
        .agg(pl.col("product").head(bounds.products))
    )


def _end(found: pl.DataFrame) -> int:
    """When the last sign was given (ms)."""
    return int(found.select(pl.col("at").max().fill_null(0)).item())


def _baskets(found: pl.DataFrame) -> pl.DataFrame:
    """What each person bought, the latest `BASKET` products of known category."""
    return (
        found.filter(pl.col("bought") & (pl.col("category") != ""))
        .sort(["at", "product"], descending=[True, False])
        .unique(["person", "product"], keep="first", maintain_order=True)
        .group_by("person", maintain_order=True)
        .head(BASKET)
        .select("person", "category", "product")
    )


def _visits(found: pl.DataFrame) -> pl.DataFrame:
    """What each visit is about: person, the visit's number, product; the first `VISIT` products of each."""
    ordered = found.select("person", "at", "product").sort(["person", "at", "product"])
    new = (pl.col("person") != pl.col("person").shift()) | (pl.col("at") - pl.col("at").shift() > PAUSE)
    return (
        ordered.with_columns(visit=new.fill_null(value=True).cum_sum())
        .unique(["visit", "product"], keep="first", maintain_order=True)
        .group_by("visit", maintain_order=True)
        .head(VISIT)
        .select("person", "visit", "product")
    )


def _numbered(rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """With a number for each name: pairs of numbers take a fraction of the room and time."""
    return rows.with_columns(pl.col(each).rank("dense").cast(pl.UInt32).alias(f"{each}_number") for each in columns)


def _counted(visits: pl.DataFrame) -> pl.DataFrame:
    """How many people looked at both products of a pair (`one` < `other`) within a visit: `one`, `other`, `both`.

    A person's visits lie in one part, so the counts of all parts add up.
    """
    return pl.concat(_pairs(part) for part in _parts(visits)).group_by("one", "other").agg(pl.col("both").sum())


def _parts(visits: pl.DataFrame) -> Iterator[pl.DataFrame]:
    parts = max(1, visits.height // PART)
    return (visits.filter(pl.col("person_number") % parts == part) for part in range(parts))


def _pairs(visits: pl.DataFrame) -> pl.DataFrame:
    looks = visits.select("visit", "person_number", "product_number")
    return (
        looks.join(looks.drop("person_number"), on="visit", suffix="_other")
        .filter(pl.col("product_number") < pl.col("product_number_other"))
        .select("person_number", one=pl.col("product_number"), other=pl.col("product_number_other"))
        .unique()
        .group_by("one", "other")
        .len("both")
    )


def _cosine() -> pl.Expr:
    return pl.col("both") / (pl.col("of_one") * pl.col("of_other")).sqrt()
