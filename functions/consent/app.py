"""Keeps what people allow: from the bus, from the links in messages, and from what they write back."""

from nudgekit.lambdas.consent import handler

__all__ = ["handler"]
