"""What a condition is asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from nudgekit.model.catalogue import Product
from nudgekit.model.event import Scalar
from nudgekit.model.facts import Cart, Facts
from nudgekit.model.profile import Profile


@dataclass(slots=True)
class Scope:
    """One person at one moment. Conditions read it and change nothing.

    Attributes:
        profile: who the person is.
        facts: what they did.
        cart: what is in their cart.
        now: the moment, aware.
        about: the plain properties of the event that started the run.
        item: the product that the run is about, as the catalogue has it; None: it is about none, or unknown.
        item_id: that product's id, known to the catalogue or not; empty: the run is about none.
        currency: the shop's own: what amounts are told in.
    """

    profile: Profile
    facts: Facts
    cart: Cart
    now: datetime
    about: Mapping[str, Scalar] = field(default_factory=dict)
    item: Product | None = None
    item_id: str = ""
    currency: str = ""
