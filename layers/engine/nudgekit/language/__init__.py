"""The rule language: what `rules/<trigger>/rule.py` and `rules/policy.py` are written in. Knows no AWS and no clock."""

from nudgekit.language.cells import Cell, Cells
from nudgekit.language.cohorts import daily, everyone, followers, monthly, weekly
from nudgekit.language.durations import at_once, days, hours, minutes
from nudgekit.language.experiment import Experiment
from nudgekit.language.expressions import Condition, Term
from nudgekit.language.fields import cart, event, item, start, user
from nudgekit.language.folder import load_offers, load_policy, load_segments, load_trigger_folder
from nudgekit.language.ladder import Rung, rung
from nudgekit.language.moments import moment
from nudgekit.language.offer import Offer, Terms
from nudgekit.language.picks import bestsellers, complements, for_you, popular, similar
from nudgekit.language.policy import (
    Cap,
    Holdout,
    Override,
    Policy,
    QuietHours,
    Replies,
    SafetyLimit,
    Shop,
    Topic,
)
from nudgekit.language.scope import Scope
from nudgekit.language.segments import Segment, Shelf, cell, moved, segment
from nudgekit.language.trigger import Trigger
from nudgekit.language.versions import archived, is_recorded, record_version

__all__ = [
    "Cap",
    "Cell",
    "Cells",
    "Condition",
    "Experiment",
    "Holdout",
    "Offer",
    "Override",
    "Policy",
    "QuietHours",
    "Replies",
    "Rung",
    "SafetyLimit",
    "Scope",
    "Segment",
    "Shelf",
    "Shop",
    "Term",
    "Terms",
    "Topic",
    "Trigger",
    "archived",
    "at_once",
    "bestsellers",
    "cart",
    "cell",
    "complements",
    "daily",
    "days",
    "event",
    "everyone",
    "followers",
    "for_you",
    "hours",
    "is_recorded",
    "item",
    "load_offers",
    "load_policy",
    "load_segments",
    "load_trigger_folder",
    "minutes",
    "moment",
    "monthly",
    "moved",
    "popular",
    "record_version",
    "rung",
    "segment",
    "similar",
    "start",
    "user",
    "weekly",
]
