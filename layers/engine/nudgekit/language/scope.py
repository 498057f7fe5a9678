"""What a condition is asked about."""

from dataclasses import dataclass
from datetime import datetime

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
    """

    profile: Profile
    facts: Facts
    cart: Cart
    now: datetime
