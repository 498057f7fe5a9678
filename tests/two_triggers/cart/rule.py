"""The more important one: a cart was left."""

from nudgekit import Experiment, Trigger, days, event, hours, minutes, rung

trigger = Trigger(
    id="cart",
    version=1,
    owner="tests",
    purpose="promotional",
    when=event("Product Added"),
    unless=event("Order Completed"),
    within=minutes(30),
    per="cart_id",
    ladder=(rung("push", wait=hours(2)), rung("email")),
    expires_after=days(3),
    priority=80,
    experiment=Experiment("subject", {"control": 0.5, "short": 0.5}),
)
