"""Something that was gone is there again: tell those who watch it, first come first, no more at once than it lasts."""

from nudgekit import Trigger, at_once, days, event, followers, hours, rung

trigger = Trigger(
    id="back_in_stock",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Back In Stock"),
    among=followers(of="product_id", waves="stock", pause=hours(1)),
    unless=event("Order Completed"),
    within=at_once,
    per="product_id",
    ladder=(rung("push", wait=hours(2)), rung("email")),
    again_after=days(1),
    expires_after=days(2),
    priority=75,
    goal=event("Order Completed").within(days(3)),
    holdout=0.05,
)
