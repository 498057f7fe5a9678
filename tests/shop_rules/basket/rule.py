"""The long ladder: a cart that was left."""

from nudgekit import Trigger, cart, days, event, hours, minutes, rung, user

trigger = Trigger(
    id="basket",
    version=1,
    owner="tests",
    purpose="promotional",
    when=event("Product Added"),
    unless=event("Order Completed"),
    within=minutes(30),
    per="cart_id",
    audience=(cart.value >= 20) & ~user.segments.contains("staff"),
    ladder=(rung("push", wait=hours(2)), rung("email", wait=hours(20)), rung("sms")),
    again_after=days(2),
    expires_after=days(3),
    priority=80,
    goal=event("Order Completed").within(days(3)),
)
