"""An article appears: those who explore its category get it, and active people who have not read one for long."""

from nudgekit import Trigger, at_once, days, event, everyone, hours, rung, segment, start, user

trigger = Trigger(
    id="editorial_match",
    version=1,
    owner="editorial",
    purpose="promotional",
    when=event("Article Published"),
    among=everyone(),
    unless=event("Article Read"),
    within=at_once,
    per="article_id",
    audience=(user.explored(start("category")) | (segment("users") & ~event("Article Read").happened(days(90))))
    & ~user.has_read(start("article_id")),
    ladder=(rung("push", wait=hours(20)), rung("email")),
    again_after=days(3),
    expires_after=days(3),
    priority=20,
    goal=event("Article Read").within(days(3)),
    holdout=0.05,
)
