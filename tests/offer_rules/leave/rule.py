from nudgekit import Trigger, at_once, days, event, hours, rung

trigger = Trigger(
    id="leave",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Exit Intent Detected"),
    within=at_once,
    per="person",
    ladder=(rung("onsite", wait=hours(2)), rung("push")),
    expires_after=days(1),
    offer="welcome",
)
