"""Somebody filled a cart and left: remind them, on one channel after the other, until they look."""

from nudgekit import Trigger, cart, days, event, hours, minutes, rung

trigger = Trigger(
    id="cart_abandonment",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Product Added") | event("Checkout Started"),
    unless=event("Order Completed"),
    within=minutes(30),
    per="cart_id",
    audience=cart.value >= 20,
    ladder=(
        rung("push", wait=hours(2)),
        rung("email", wait=hours(20)),
        rung("sms", wait=hours(4)),
        rung("whatsapp"),
    ),
    again_after=days(7),
    expires_after=days(3),
    priority=80,
    goal=event("Order Completed").within(days(3)),
    holdout=0.05,
)
