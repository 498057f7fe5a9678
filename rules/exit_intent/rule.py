"""Somebody who may leave without buying is asked on the page what keeps them; the answer decides what follows.

A newcomer who wants something finds a small code with the question; everybody else the question alone.
"""

from nudgekit import Trigger, at_once, days, event, hours, rung

trigger = Trigger(
    id="exit_intent",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Exit Intent Detected") | event("Product Added") | event("Product Added to Wishlist"),
    unless=event("Order Completed"),
    within=at_once,
    per="person",
    ladder=(rung("onsite"),),
    again_after=days(14),
    expires_after=hours(2),
    priority=40,
    offer="stay",
    goal=event("Order Completed").within(days(3)),
    holdout=0.05,
)
