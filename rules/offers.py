"""What the shop gives away, and to whom: a newcomer, and somebody who has not been back for half a year, get a code.

Prices here are what things are worth, so everybody else gets the story of what they looked at and never a discount.
"""

from nudgekit import Offer, days, segment

first_purchase = Offer(
    percent=10,
    to=segment("newcomers") | segment("dormant"),
    expires_after=days(7),
    codes="generated",
    budget=20_000,
)
