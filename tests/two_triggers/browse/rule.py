"""The less important one: somebody looked at something and went."""

from nudgekit import Trigger, days, event, hours, minutes, rung

trigger = Trigger(
    id="browse",
    version=1,
    owner="tests",
    purpose="promotional",
    when=event("Product Viewed"),
    unless=event("Order Completed"),
    within=minutes(20),
    per="product_id",
    ladder=(rung("push", wait=hours(2)), rung("email")),
    expires_after=days(3),
    priority=40,
)
