"""A festival ended: whoever holds cashback, or took no offer for thirty days, hears what stays open, and until when.

Cashback of every sale counts, as does an offer of any: an event says what somebody did, and not for which festival.
"""

from nudgekit import Trigger, at_once, days, event, everyone, hours, rung

HOLDS_CASHBACK = event("Cashback Granted").total() > event("Cashback Redeemed").total()
TOOK_NOTHING = ~event("Offer Taken").happened(days(30))

trigger = Trigger(
    id="festival_bridge",
    version=1,
    owner="campaigns",
    purpose="promotional",
    when=event("Festival Ended"),
    among=everyone(),
    unless=event("Cashback Redeemed") | event("Order Completed"),
    within=at_once,
    per="sale_id",
    audience=HOLDS_CASHBACK | TOOK_NOTHING,
    ladder=(rung("push", wait=hours(24)), rung("email")),
    again_after=days(14),
    expires_after=days(3),
    priority=40,
    goal=event("Order Completed").within(days(7)),
    holdout=0.05,
)
