"""Something the shopper holds runs out, or they named a time: remind them a day before it ends, and never after."""

from nudgekit import Trigger, days, event, hours, moment, rung

trigger = Trigger(
    id="time_alert",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Coupon Issued") | event("Listing Saved") | event("Reminder Requested") | event("Exit Reason Given"),
    unless=event("Coupon Applied").of("coupon_id")
    | event("Order Completed").of("product_id")
    | event("Product Removed from Wishlist").of("product_id"),
    within=hours(1),
    at=moment("ends_at").before(hours(24)) | moment("remind_at"),
    per="deadline_id",
    ladder=(
        rung("push", wait=hours(2)),
        rung("email"),
    ),
    expires_after=days(1),
    priority=70,
    goal=event("Order Completed").within(days(2)),
    holdout=0.05,
)
