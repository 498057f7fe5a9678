"""Somebody looked around and left without putting anything into the cart: show them what they looked at last.

The code for whoever never bought or has lapsed goes with an outfit alone, and is the one of first_purchase_offer.
"""

from nudgekit import Trigger, days, event, hours, item, minutes, rung

trigger = Trigger(
    id="browse_abandonment",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Product Viewed"),
    unless=event("Product Added") | event("Order Completed"),
    within=minutes(25),
    per="person",
    audience=~item.owned,
    ladder=(rung("push"),),
    again_after=days(2),
    expires_after=hours(24),
    priority=40,
    offer="first_purchase",
    goal=event("Order Completed").within(days(2)),
    holdout=0.05,
)
