"""Somebody about to buy left from a category or a product and did not order: show what sells best there."""

from nudgekit import Trigger, bestsellers, days, event, hours, rung, user

trigger = Trigger(
    id="category_bestsellers",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Product Viewed") | event("Product List Viewed"),
    unless=event("Order Completed"),
    within=days(1),
    per="person",
    audience=(user.intent >= 0.4) & user.left_from.one_of("category", "product"),
    picks=bestsellers(of="category", days=7, at_least=2),
    ladder=(rung("push", wait=hours(6)), rung("email")),
    again_after=days(14),
    expires_after=days(3),
    priority=50,
    goal=event("Order Completed").within(days(3)),
    holdout=0.05,
)
