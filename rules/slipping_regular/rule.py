"""Somebody came three of the last four weeks and not in this one: give them the best reason to look in again."""

from nudgekit import Trigger, days, event, rung, segment

trigger = Trigger(
    id="slipping_regular",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Page Viewed")
    | event("Product Viewed")
    | event("Product List Viewed")
    | event("Chat Started")
    | event("Listing Published")
    | event("Order Completed"),
    within=days(7),
    per="person",
    audience=segment("regulars"),
    ladder=(rung("push", wait=days(1)), rung("email")),
    again_after=days(28),
    expires_after=days(10),
    priority=20,
    goal=event("Page Viewed").within(days(3)),
    holdout=0.05,
)
