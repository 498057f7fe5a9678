from datetime import date

from nudgekit import Offer, days, event

NEVER_BOUGHT = ~event("Order Completed").happened(days(90))

welcome = Offer(percent=10, to=NEVER_BOUGHT, expires_after=days(7), codes="generated", budget=100)
printed = Offer(
    amount="5.00",
    currency="EUR",
    to=NEVER_BOUGHT,
    expires_after=days(2),
    codes="pool",
    valid_from=date(2026, 6, 1),
    valid_until=date(2026, 6, 30),
)
