"""Somebody began a listing and did not publish it: help with what is missing, after an hour and the next day."""

from nudgekit import Trigger, days, event, hours, rung

trigger = Trigger(
    id="listing_unfinished",
    version=1,
    owner="marketplace",
    purpose="promotional",
    when=event("Listing Started"),
    unless=event("Listing Published") | event("Listing Removed"),
    within=hours(1),
    per="product_id",
    ladder=(rung("push", wait=hours(22)), rung("email")),
    again_after=days(3),
    expires_after=days(3),
    priority=60,
    goal=event("Listing Published").within(days(3)),
    holdout=0.05,
)
