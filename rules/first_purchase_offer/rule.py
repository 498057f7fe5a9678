"""Somebody looked around and left: a code for whoever never bought or has lapsed, and for all others a story."""

from nudgekit import Trigger, days, event, rung

trigger = Trigger(
    id="first_purchase_offer",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Page Viewed") | event("Product Viewed") | event("Product List Viewed"),
    unless=event("Order Completed"),
    within=days(2),
    per="person",
    ladder=(
        rung("email", wait=days(2)),
        rung("push"),
    ),
    again_after=days(30),
    expires_after=days(14),
    priority=60,
    offer="first_purchase",
    goal=event("Order Completed").within(days(7)),
    holdout=0.05,
)
