"""The handler behind the shop's own page."""

from nudgekit.lambdas.onsite.door import handler

__all__ = ["handler"]
