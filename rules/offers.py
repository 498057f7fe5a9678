"""What the shop gives away, and to whom: a newcomer, and somebody who has not been back for half a year, get a code.

Prices here are what things are worth, so everybody else gets the story of what they looked at and never a discount.
"""

from nudgekit import Offer, cart, days, segment, start

first_purchase = Offer(
    percent=10,
    to=segment("newcomers") | segment("dormant"),
    expires_after=days(7),
    codes="generated",
    budget=20_000,
)

WANTS_IT = (cart.size >= 1) | (start("cart_id") != "") | segment("buying")
"""A cart, one that is being filled this very moment, or the signs of a buyer: leaving would cost something."""

stay = Offer(
    percent=5,
    to=segment("newcomers") & WANTS_IT,
    expires_after=days(1),
    codes="generated",
    budget=1_000,
)
