"""A flash sale begins: tell those it is for while it lasts, by push and then by mail, and nobody once it is over."""

from nudgekit import Trigger, at_once, days, event, everyone, hours, moment, rung, start, user

trigger = Trigger(
    id="flash_sale",
    version=1,
    owner="campaigns",
    purpose="promotional",
    when=event("Flash Sale Started"),
    among=everyone(),
    unless=event("Order Completed"),
    within=at_once,
    until=moment("ends_at"),
    per="sale_id",
    audience=(start("segment") == "all") | user.segments.contains(start("segment")),
    ladder=(rung("push", wait=hours(3)), rung("email")),
    again_after=days(1),
    expires_after=days(2),
    priority=60,
    goal=event("Order Completed").within(days(2)),
    holdout=0.05,
)
