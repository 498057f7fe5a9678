from nudgekit import Trigger, days, event, hours, minutes, rung

trigger = Trigger(
    id="visit",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Product Viewed"),
    unless=event("Order Completed"),
    within=minutes(30),
    per="person",
    ladder=(rung("push", wait=hours(2), until="never"), rung("email", wait=days(3), until="never"), rung("sms")),
    expires_after=days(10),
    offer="welcome",
)
