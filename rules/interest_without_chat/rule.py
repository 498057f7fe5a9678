"""Somebody liked a listing, or looked at it twice, and wrote to nobody about it: say that it is still there."""

from nudgekit import Trigger, days, event, hours, item, rung

liked = event("Product Added to Wishlist")
viewed = event("Product Viewed")

trigger = Trigger(
    id="interest_without_chat",
    version=1,
    owner="marketplace",
    purpose="promotional",
    when=liked | viewed,
    unless=event("Chat Started") | event("Order Completed"),
    within=hours(23),
    per="product_id",
    audience=(item.happened(liked, days(7)) | (item.times(viewed) >= 2))
    & (item.seller != "")
    & ~item.happened(event("Listing Published"), days(90)),
    ladder=(rung("push"),),
    again_after=days(2),
    expires_after=days(2),
    priority=45,
    goal=event("Chat Started").within(days(2)),
    holdout=0.05,
)
