"""What the shop gives away, and to whom: a newcomer, and somebody who has not been back for half a year, get a code.

Prices here are what things are worth, so everybody else gets the story of what they looked at and never a discount.
"""

from nudgekit import Offer, cart, days, item, start, user

NEVER_BOUGHT = user.orders == 0
LAPSED = user.days_since_order >= 180
STAFF = user.segments.contains("staff")

first_purchase = Offer(
    percent=10,
    to=(NEVER_BOUGHT | LAPSED) & ~STAFF,
    expires_after=days(7),
    codes="generated",
    budget=20_000,
)

first_outfit = Offer(
    percent=10,
    to=NEVER_BOUGHT & item.category.one_of("Womenswear", "Menswear") & ~STAFF,
    expires_after=days(3),
    codes="generated",
    budget=5_000,
)

WANTS_IT = (cart.size >= 1) | (start("cart_id") != "") | (user.intent >= 0.5)
"""A cart, one that is being filled this very moment, or the signs of a buyer: leaving would cost something."""

stay = Offer(
    percent=5,
    to=NEVER_BOUGHT & WANTS_IT & ~STAFF,
    expires_after=days(1),
    codes="generated",
    budget=1_000,
)
