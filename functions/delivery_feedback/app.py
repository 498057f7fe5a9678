"""Hears what providers say about messages and tells the bus."""

from nudgekit.lambdas.delivery_feedback import handler

__all__ = ["handler"]
