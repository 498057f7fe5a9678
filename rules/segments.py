"""Whom the rules speak of by name. A change here asks for a new version of every rule that uses the segment."""

from datetime import date

from nudgekit import Cell, Cells, Segment, days, event, user

# How often they come

users = Segment(user.quiet_days < 28, "did something in the last four weeks")
regulars = Segment(user.active_weeks(4) >= 3, "came in three of the four weeks before this one")
slipping = Segment(regulars & (user.quiet_days >= 7), "came in three of those four weeks, and not in this one")

# What they do on the marketplace

chatters = Segment(event("Chat Started").count(days(28)) >= 3, "began three chats in the last four weeks")
listers = Segment(event("Listing Published").count(days(28)) >= 2, "listed two things in the last four weeks")
sellers = Segment(
    event("Listing Published").happened(days(90)) | (event("Listing Sold").count() >= 1),
    "listed something in the last three months, or ever sold something",
)

# What they are about to do

buying = Segment(user.intent >= 0.5, "close to buying, by what they did in the last three days")
browsing = Segment((user.intent > 0) & (user.intent < 0.5), "looked around in the last three days")
devoted = Segment((user.brand.share >= 0.5) & (user.brand.rising(days(7)) >= 0.2), "ever more drawn to one brand")

# What they bought

newcomers = Segment(user.orders == 0, "never ordered")
first_time = Segment(user.orders == 1, "ordered once")
repeat = Segment(user.orders >= 2, "ordered twice or more")
dormant = Segment((user.orders >= 1) & (user.days_since_order >= 180), "no order for half a year")

# What they like elsewhere: lists that `Profile Updated` brings from other apps

plant_people = Segment(
    user.trait("follows").contains("plants") | user.trait("apps").contains("plant-care"),
    "follow plants elsewhere, or use an app for them",
)
invited = Segment(user.trait("influencer") != "", "came through somebody they follow")

cells = Cells(
    valid_from=date(2026, 10, 1),
    source="crm, by the shop's own orders of the twelve months before",
    recency=(30, 90, 180, 365),
    frequency=(2, 3, 5, 8),
    value=(50, 150, 400, 1000),
    names={
        "champions": Cell(recency=(5, 5), frequency=(3, 5)),
        "loyal": Cell(recency=(3, 4), frequency=(3, 5)),
        "promising": Cell(recency=(4, 5), frequency=(1, 2)),
        "cooling": Cell(recency=(3, 3), frequency=(1, 2)),
        "at_risk": Cell(recency=(1, 2), frequency=(3, 5)),
        "lost_big": Cell(recency=(1, 2), frequency=(1, 2), value=(4, 5)),
        "lost": Cell(recency=(1, 2), frequency=(1, 2), value=(1, 3)),
    },
)
