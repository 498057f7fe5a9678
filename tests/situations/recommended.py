"""What goes with what, and what sells, as situations say it: the rows that recommenders read.

```yaml
goes_with: {lamp: [shade, bulb]}
complements: {Lighting: {Textiles: [rug, throw]}}
best_sellers: {all: [mug], category=Lighting: [lamp, shade]}
favourites: {brand=Fern: [lamp]}
```
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from nudgekit.adapters.memory import MemoryStore
from nudgekit.model.base import day_of
from nudgekit.model.popularity import SOLD, Popularity
from nudgekit.model.recommendation import Complement, Complements, Scored, Similar
from nudgekit.runs.documents import Kind, Put, Ref


def recommended(store: MemoryStore, given: Mapping[str, Any], at: datetime) -> None:
    """Write what `given` says down; what sells does so on the day of `at`."""
    rows: dict[Ref, Any] = {}
    for product, others in given.get("goes_with", {}).items():
        scored = tuple(Scored(other, 1 / place) for place, other in enumerate(others, 1))
        rows[Ref(Kind.SIMILAR, product)] = Similar(products=scored)
    for category, others in given.get("complements", {}).items():
        found = tuple(Complement(other, 2.0, tuple(products)) for other, products in others.items())
        rows[Ref(Kind.COMPLEMENTS, category)] = Complements(categories=found)
    for owner, products in given.get("best_sellers", {}).items():
        rows[Ref(Kind.POPULARITY, f"{SOLD}{owner}", "0")] = _ranked(products, at)
    for owner, products in given.get("favourites", {}).items():
        rows[Ref(Kind.POPULARITY, owner, "0")] = _ranked(products, at)
    for ref, row in rows.items():
        store.commit([Put(ref, row, store.get(ref).version)])


def _ranked(products: Sequence[str], at: datetime) -> Popularity:
    return Popularity(days={product: {day_of(at): 1 / place} for place, product in enumerate(products, 1)})
