"""What the shop gives away, and to whom. Our prices are what our things are worth, so we give a discount to a newcomer, and
to somebody who has not been back for half a year. Everybody else gets the story of what they looked at, never a code.
"""

from nudgekit import Offer, days, user

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
