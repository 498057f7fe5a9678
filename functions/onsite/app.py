"""Answers the shop's own page: what waits for a visitor, the message itself, and what became of it."""

from nudgekit.lambdas.onsite import handler

__all__ = ["handler"]
