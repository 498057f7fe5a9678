"""For a topic, with a holdout, content with an arrival: something was looked at."""

from nudgekit import Trigger, days, event, hours, rung

trigger = Trigger(
    id="ideas",
    version=1,
    owner="tests",
    purpose="promotional",
    topic="ideas",
    when=event("Product Viewed"),
    unless=event("Product Added") | event("Order Completed"),
    within=hours(1),
    per="product_id",
    ladder=(rung("email", wait=hours(6), until="delivered"), rung("whatsapp")),
    again_after=days(1),
    expires_after=days(1),
    priority=30,
    holdout=0.4,
)
