"""A flash sale is about to end: tell those it is for three hours before, unless they took something, and never after.

No sooner than three hours after it began: the word that it began is old by then, and a shorter sale needs no second.
"""

from nudgekit import Trigger, days, event, everyone, hours, moment, rung, start, user

trigger = Trigger(
    id="sale_ends",
    version=1,
    owner="campaigns",
    purpose="promotional",
    when=event("Flash Sale Started"),
    among=everyone(),
    unless=event("Offer Taken") | event("Order Completed"),
    within=hours(3),
    at=moment("ends_at").before(hours(3)),
    per="sale_id",
    audience=(start("segment") == "all") | user.segments.contains(start("segment")),
    ladder=(rung("push", wait=hours(2)), rung("email")),
    again_after=days(1),
    expires_after=hours(6),
    priority=65,
    goal=event("Order Completed").within(days(1)),
    holdout=0.05,
)
