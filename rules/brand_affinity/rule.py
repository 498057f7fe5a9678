"""Somebody is taking to a brand: show what people like most of it these days."""

from nudgekit import Trigger, days, event, hours, popular, rung, segment

trigger = Trigger(
    id="brand_affinity",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Product Viewed") | event("Product Added to Wishlist"),
    unless=event("Order Completed"),
    within=hours(20),
    per="person",
    audience=segment("devoted"),
    picks=popular(of="brand", days=10, at_least=2),
    ladder=(rung("email", wait=days(1)), rung("push")),
    again_after=days(21),
    expires_after=days(4),
    priority=40,
    goal=event("Order Completed").within(days(7)),
    holdout=0.05,
)
