"""Short and important: a checkout that was left."""

from nudgekit import Trigger, event, hours, minutes, rung

trigger = Trigger(
    id="checkout",
    version=1,
    owner="tests",
    purpose="promotional",
    when=event("Checkout Started"),
    unless=event("Order Completed"),
    within=minutes(45),
    per="checkout_id",
    ladder=(rung("whatsapp", wait=hours(3)), rung("push")),
    expires_after=hours(12),
    priority=90,
)
