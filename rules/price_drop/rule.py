"""Something that somebody watches costs clearly less than it did for 30 days: tell them, while it is still so."""

from nudgekit import Trigger, at_once, days, event, followers, hours, item, rung, start

trigger = Trigger(
    id="price_drop",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Price Dropped"),
    among=followers(of="product_id"),
    unless=event("Order Completed"),
    within=at_once,
    per="product_id",
    audience=((start("percent") >= 10) | (start("amount") >= 20)) & ~item.owned,
    only_while=item.price <= start("to"),
    ladder=(rung("push", wait=hours(6)), rung("email")),
    again_after=days(2),
    expires_after=days(2),
    priority=70,
    goal=event("Order Completed").within(days(3)),
    holdout=0.05,
)
