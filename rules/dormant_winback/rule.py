"""Nothing was ordered for half a year: show what goes with what they bought before."""

from nudgekit import Trigger, complements, days, event, hours, rung, similar

trigger = Trigger(
    id="dormant_winback",
    version=1,
    owner="crm",
    purpose="promotional",
    when=event("Order Completed"),
    within=days(180),
    per="person",
    picks=complements(at_least=2) | similar(at_least=2),
    ladder=(rung("email", wait=hours(5), until="delivered"), rung("push")),
    again_after=days(90),
    expires_after=days(190),
    priority=20,
    goal=event("Order Completed").within(days(14)),
    holdout=0.05,
)
