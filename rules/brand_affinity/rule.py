"""Somebody is taking to a brand: show what people like most of it these days."""

from nudgekit import Trigger, days, event, hours, popular, rung, user

trigger = Trigger(
    id="brand_affinity",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Product Viewed") | event("Product Added to Wishlist"),
    unless=event("Order Completed"),
    within=hours(20),
    per="person",
    audience=(user.brand.share >= 0.5) & (user.brand.rising(days(7)) >= 0.2) & ~user.segments.contains("staff"),
    picks=popular(of="brand", days=10, at_least=2),
    ladder=(rung("email", wait=days(1)), rung("push")),
    again_after=days(21),
    expires_after=days(4),
    priority=40,
    goal=event("Order Completed").within(days(7)),
    holdout=0.05,
)
