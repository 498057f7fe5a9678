"""Transactional: exempt from quiet hours and caps, sent where nothing was said about it."""

from nudgekit import Trigger, days, event, hours, minutes, rung

trigger = Trigger(
    id="thanks",
    version=1,
    owner="tests",
    purpose="transactional",
    when=event("Order Completed"),
    unless=event("Order Cancelled"),
    within=minutes(5),
    per="order_id",
    ladder=(rung("sms", wait=hours(1), until="delivered"), rung("email")),
    expires_after=days(1),
    priority=50,
)
