"""Somebody ordered, or likes one thing after another: show what goes with it."""

from nudgekit import Trigger, complements, days, event, rung

ordered, liked = event("Order Completed"), event("Product Added to Wishlist")
given_back = event("Order Cancelled") | event("Order Refunded")

trigger = Trigger(
    id="complementary_items",
    version=1,
    owner="crm",
    purpose="promotional",
    when=ordered | liked,
    unless=given_back.of("order_id"),
    within=days(3),
    per="person",
    audience=ordered.happened(days(8)) | (liked.count(days(14)) >= 3),
    picks=complements(at_least=2, at_most=3),
    ladder=(rung("email", wait=days(2)), rung("push")),
    again_after=days(30),
    expires_after=days(7),
    priority=30,
    goal=ordered.within(days(14)),
    holdout=0.05,
)
