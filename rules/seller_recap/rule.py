"""Monday at nine where the seller is: what they sold and earned in the week and in all, and what to list next."""

from datetime import time

from nudgekit import Trigger, days, event, everyone, hours, rung, segment, weekly

trigger = Trigger(
    id="seller_recap",
    version=1,
    owner="marketplace",
    purpose="promotional",
    every=weekly("monday", time(9)),
    among=everyone(),
    per="person",
    audience=segment("sellers"),
    ladder=(rung("push", wait=hours(3)), rung("email")),
    again_after=days(6),
    expires_after=hours(12),
    priority=15,
    goal=event("Listing Published").within(days(7)),
    holdout=0.05,
)
