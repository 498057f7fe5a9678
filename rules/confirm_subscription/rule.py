"""Somebody asked for news by mail where the policy wants that confirmed: ask them once, and never twice in a day."""

from nudgekit import Trigger, days, event, hours, minutes, rung

trigger = Trigger(
    id="confirm_subscription",
    version=1,
    owner="crm",
    purpose="transactional",
    when=event("Consent Requested"),
    within=minutes(1),
    per="order_id",
    ladder=(rung("email"),),
    again_after=days(1),
    expires_after=hours(24),
    priority=100,
)
