"""nudgekit: rules-as-code trigger functions for customer engagement.

These are the names that rules and the policy are written with, and the book that holds them.
"""

from nudgekit.book import Book, load_book
from nudgekit.language import (
    Cap,
    Experiment,
    Holdout,
    Override,
    Policy,
    QuietHours,
    Replies,
    SafetyLimit,
    Shop,
    Topic,
    Trigger,
    cart,
    days,
    event,
    hours,
    minutes,
    rung,
    user,
)

__all__ = [
    "Book",
    "Cap",
    "Experiment",
    "Holdout",
    "Override",
    "Policy",
    "QuietHours",
    "Replies",
    "SafetyLimit",
    "Shop",
    "Topic",
    "Trigger",
    "cart",
    "days",
    "event",
    "hours",
    "load_book",
    "minutes",
    "rung",
    "user",
]
