"""Sunday at ten where the person is: a few things for them, from what they liked and looked at."""

from datetime import time

from nudgekit import Trigger, days, event, everyone, for_you, hours, rung, weekly

trigger = Trigger(
    id="weekly_recommendations",
    version=1,
    owner="crm",
    purpose="promotional",
    every=weekly("sunday", time(10)),
    among=everyone(),
    per="person",
    audience=(event("Product Viewed") | event("Product Added to Wishlist")).happened(days(30)),
    picks=for_you(at_least=3, at_most=4),
    ladder=(rung("email", wait=hours(2), until="delivered"), rung("push")),
    again_after=days(6),
    expires_after=hours(12),
    priority=10,
    goal=event("Order Completed").within(days(3)),
    holdout=0.05,
)
