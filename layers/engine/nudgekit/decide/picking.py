"""Which products a message recommends: what is asked of a recommender, and what of its answer is shown."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final, NamedTuple

from nudgekit.decide.case import Case
from nudgekit.language.picks import Of, Pick, Strategy
from nudgekit.model.base import day_of, to_ms
from nudgekit.model.catalogue import Product
from nudgekit.model.facts import INTEREST, Facts, Interest

SEEN_LATELY: Final = timedelta(days=14)
"""For how long a product that was looked at is nothing new."""

MAX_SEEDS: Final = 8
"""Products that recommendations start from: the latest."""

SPARE: Final = 3
"""How many times as many candidates are looked up as may be shown: some are sold out."""

VIEWED: Final = "Product Viewed"
BOUGHT: Final = "Order Completed"
WANTED: Final = INTEREST["Product Added to Wishlist"]
"""The weakest sign of interest that means more than a look."""


class Ask(NamedTuple):
    """What a recommender is asked, and all that it is told.

    Attributes:
        person: whom it is for.
        strategy: where products shall come from.
        of: what `seeds` are for best sellers and favourites; `all` has none.
        days: how many days of them count.
        day: today, in days since 1970 UTC.
        seeds: products, categories or brands to start from, what matters most first.
        exclude: products that shall not be in the answer.
        limit: how many products at most.
    """

    person: str
    strategy: Strategy
    of: Of
    days: int
    day: int
    seeds: tuple[str, ...]
    exclude: frozenset[str]
    limit: int


def asks_of(case: Case) -> tuple[Ask, ...]:
    """What is to be asked for the picks of the case's trigger, one ask for each way to find products."""
    picks = case.trigger.picks
    return tuple(_ask(case, pick) for pick in picks.parts) if picks is not None else ()


def choose(
    case: Case, asks: Sequence[Ask], answers: Sequence[Sequence[str]], catalogue: Mapping[str, Product]
) -> tuple[Product, ...]:
    """What is shown: of the first way that found enough.

    Only what the catalogue knows and can be bought is shown, and nothing the person owns or has in the cart,
    whatever a recommender says.

    Args:
        case: whom it is for.
        asks: those of `asks_of`.
        answers: product ids, one answer for each ask, in order.
        catalogue: the products of the answers, as far as they are known.
    """
    parts = case.trigger.picks.parts if case.trigger.picks is not None else ()
    for pick, ask, found in zip(parts, asks, answers, strict=True):
        fit = (catalogue[each] for each in dict.fromkeys(found) if each in catalogue and each not in ask.exclude)
        shown = tuple(islice((product for product in fit if product.available), pick.at_most))
        if len(shown) >= pick.at_least:
            return shown
    return ()


def _ask(case: Case, pick: Pick) -> Ask:
    return Ask(
        person=case.run.person,
        strategy=pick.strategy,
        of=pick.of,
        days=pick.days,
        day=day_of(case.now),
        seeds=tuple(_seeds(case, pick)),
        exclude=_excluded(case, pick),
        limit=SPARE * pick.at_most,
    )


def _seeds(case: Case, pick: Pick) -> Iterable[str]:
    """What the way to find products starts from."""
    match pick.strategy, pick.of:
        case "similar", _:
            return _subject(case)
        case "complements", _:
            return _wanted_categories(case)
        case "for_you", _:
            return _tastes(case.facts)
        case _, "category":
            return _texts(_last_category(case))
        case _, "brand":
            return _texts(case.facts.favourite("brand", case.now))
    return ()


def _excluded(case: Case, pick: Pick) -> frozenset[str]:
    """What must not be shown: owned, in the cart, what the run is about, and where asked for what was seen lately."""
    facts, since = case.facts, to_ms(case.now - SEEN_LATELY)
    seen = _seen_since(facts, since) if pick.unseen else ()
    carted = (line.product_id for line in case.cart.lines)
    return frozenset({*seen, *carted, *facts.owned(), *case.run.items, *case.items})


def _seen_since(facts: Facts, since: int) -> Iterable[str]:
    start = f"{VIEWED}|product_id="
    return (key.removeprefix(start) for key, at in facts.pairs.items() if at >= since and key.startswith(start))


def _subject(case: Case) -> Iterable[str]:
    """The product that the run is about, or else the one last looked at."""
    if case.item_id:
        return (case.item_id,)
    return [sign.product for sign in _latest(case.facts) if sign.product][:1]


def _tastes(facts: Facts) -> Iterable[str]:
    """What the person liked, the latest first, then what they looked at. What they bought they have."""
    signs = [sign for sign in _latest(facts) if sign.product and sign.name != BOUGHT]
    signs.sort(key=lambda sign: sign.weight < WANTED)
    return list(dict.fromkeys(sign.product for sign in signs))[:MAX_SEEDS]


def _last_category(case: Case) -> str | None:
    """The category last looked at, by the start event or since."""
    about, left = case.run.about.get("category"), case.facts.left
    known = [(sign.at, sign.category) for sign in _latest(case.facts) if sign.category][:1]
    known += [(left.at, left.category)] if left is not None and left.category else []
    known += [(case.run.occurrence, about)] if isinstance(about, str) and about else []
    return max(known, default=(0, None))[1]


def _wanted_categories(case: Case) -> Iterable[str]:
    """The categories of what the run is about, then of what the person bought or liked, the latest first."""
    items = (case.products[each].category for each in case.run.items if each in case.products)
    about = case.run.about.get("category")
    wanted = (sign.category for sign in _latest(case.facts) if sign.weight >= WANTED)
    named = (*items, about if isinstance(about, str) else None, *wanted)
    return list(dict.fromkeys(each for each in named if each))[:MAX_SEEDS]


def _latest(facts: Facts) -> list[Interest]:
    """The signs that the person wants something, the latest first."""
    return sorted((sign for sign in facts.interests.values() if sign.weight), key=_when, reverse=True)


def _when(sign: Interest) -> tuple[int, float, str]:
    return sign.at, sign.weight, sign.product


def _texts(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()
