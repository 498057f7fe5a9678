"""What a person did, in bounded size.

Folding is commutative, associative and idempotent: any order, any repetition and any batching of the same events
gives the same facts. Everything is of one of three kinds:

- the latest of its kind: a maximum over time, ties settled by the event's mark;
- the latest few of a set (pairs, signs of interest, orders, what is owned): bounds keep the greatest by time, which no
  order of arrival changes;
- a count or sum that each event id enters once.

The limits are stated: counts and sums ignore events that arrive more than `LATE` after they happened, and may fall
short for a person with more than `MAX_SEEN` events within that span. Of orders that `MAX_ORDERS` later ones have pushed
out, number and sum are kept, and one that arrives even later than that is ignored. Sums have room for `MAX_CURRENCIES`
currencies, the first that come.
"""

from nudgekit.model.facts.cart import CART_EMPTIED, CART_FILLED, Cart, Line
from nudgekit.model.facts.folding import (
    LATE,
    MAX_GOODS,
    MAX_LINES,
    MAX_NAMES,
    MAX_PAIRS,
    MAX_READ,
    MAX_SEEN,
    Fold,
    fold,
    merge_facts,
)
from nudgekit.model.facts.intent import BUYER, Score
from nudgekit.model.facts.interest import HALF_LIFE_DAYS, INTEREST, MAX_GLANCES, MAX_INTERESTS, Interest
from nudgekit.model.facts.marks import event_mark
from nudgekit.model.facts.money import MAX_CURRENCIES, MAX_ORDERS, SUMMED, Older, Order, Takings
from nudgekit.model.facts.sheet import COUNTED_DAYS, Facts, Place

__all__ = [
    "BUYER",
    "CART_EMPTIED",
    "CART_FILLED",
    "COUNTED_DAYS",
    "HALF_LIFE_DAYS",
    "INTEREST",
    "LATE",
    "MAX_CURRENCIES",
    "MAX_GLANCES",
    "MAX_GOODS",
    "MAX_INTERESTS",
    "MAX_LINES",
    "MAX_NAMES",
    "MAX_ORDERS",
    "MAX_PAIRS",
    "MAX_READ",
    "MAX_SEEN",
    "SUMMED",
    "Cart",
    "Facts",
    "Fold",
    "Interest",
    "Line",
    "Older",
    "Order",
    "Place",
    "Score",
    "Takings",
    "event_mark",
    "fold",
    "merge_facts",
]
