"""The recommender that comes with nudgekit: it reads what batches found out and what sold, from the catalogue."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain, islice
from typing import Final

from nudgekit.decide.picking import Ask
from nudgekit.model.base import EPOCH
from nudgekit.model.popularity import EVERYTHING, SOLD, top
from nudgekit.model.recommendation import Complements, Similar
from nudgekit.runs.documents import ABSENT, Kind, Ref, Stored, popularity_refs
from nudgekit.runs.ports import Store

FADE: Final = 0.8
"""What each further seed counts for, compared with the one before it."""

Rows = Mapping[Ref, Stored]


class CatalogueRecommender:
    """The port `Recommender` on the catalogue's rows: one read, however much is asked.

    Args:
        store: where the catalogue is kept.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def recommend(self, asks: Sequence[Ask]) -> Sequence[tuple[str, ...]]:
        """See `ports.Recommender`."""
        refs = tuple(dict.fromkeys(ref for ask in asks for ref in _refs(ask)))
        rows = self.store.read(refs) if refs else {}
        return [_answer(ask, rows) for ask in asks]


def _refs(ask: Ask) -> Iterable[Ref]:
    """The rows that may answer `ask`."""
    if ask.strategy in {"similar", "for_you"}:
        yield from (Ref(Kind.SIMILAR, seed) for seed in ask.seeds)
    if ask.strategy == "complements":
        yield from (Ref(Kind.COMPLEMENTS, seed) for seed in ask.seeds)
    for owner in _owners(ask):
        yield from popularity_refs(owner)


def _owners(ask: Ask) -> tuple[str, ...]:
    """Whose popularity is looked at."""
    sold = "" if ask.strategy == "popular" else SOLD
    if ask.strategy == "for_you" or ask.of == "all":
        return (f"{sold}{EVERYTHING}",)
    return tuple(f"{sold}{ask.of}={seed}" for seed in ask.seeds) if ask.of else ()


def _answer(ask: Ask, rows: Rows) -> tuple[str, ...]:
    fit = (product for product in dict.fromkeys(_ranked(ask, rows)) if product not in ask.exclude)
    return tuple(islice(fit, ask.limit))


def _ranked(ask: Ask, rows: Rows) -> Iterable[str]:
    match ask.strategy:
        case "similar":
            return _similar(ask, rows)
        case "complements":
            return _complements(ask, rows)
        case "for_you":
            return chain(_similar(ask, rows), _top(ask, rows))
    return _top(ask, rows)


def _top(ask: Ask, rows: Rows) -> Iterable[str]:
    """What sold, or drew interest, most."""
    refs = (ref for owner in _owners(ask) for ref in popularity_refs(owner))
    parts = [rows[ref].value for ref in refs if ref in rows]
    return (product for product, _ in top(parts, ask.days, EPOCH + timedelta(days=ask.day)))


def _similar(ask: Ask, rows: Rows) -> Iterable[str]:
    """What goes with the seeds, those that go with several of them, and with the latest, first."""
    scores: dict[str, float] = {}
    for place, seed in enumerate(ask.seeds):
        row: Similar = rows.get(Ref(Kind.SIMILAR, seed), ABSENT).value or Similar()
        best = max((each.score for each in row.products), default=1.0)
        for each in row.products:
            scores[each.product_id] = scores.get(each.product_id, 0.0) + FADE**place * each.score / best
    return sorted(scores, key=lambda product: (-scores[product], product))


def _complements(ask: Ask, rows: Rows) -> Iterable[str]:
    """The best product of each category in turn, then the second best, and so on: a message shows a mix."""
    found = (rows.get(Ref(Kind.COMPLEMENTS, seed), ABSENT).value or Complements() for seed in ask.seeds)
    shelves = {each.category: each.products for row in found for each in row.categories}
    shelves = {category: products for category, products in shelves.items() if category not in ask.seeds}
    longest = max(map(len, shelves.values()), default=0)
    return (products[place] for place in range(longest) for products in shelves.values() if place < len(products))
