"""Somebody signed up or ordered for the first time: five words from us over thirty days, until they order again."""

from nudgekit import Trigger, days, event, hours, rung, user

trigger = Trigger(
    id="new_customer_path",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Signed Up") | event("Order Completed"),
    within=hours(1),
    per="person",
    only_while=user.orders <= 1,
    ladder=(
        rung("email", message="welcome", wait=days(3), until="never"),
        rung("email", message="care", wait=days(6), until="never"),
        rung("push", message="ideas", wait=days(8), until="never"),
        rung("email", message="makers", wait=days(12), until="never"),
        rung("email", message="next"),
    ),
    again_after=days(365),
    expires_after=days(35),
    priority=40,
    holdout=0.05,
)
