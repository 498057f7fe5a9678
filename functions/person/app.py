"""Makes two ids one person, and gives out or erases what is kept of somebody."""

from nudgekit.lambdas.person import handler

__all__ = ["handler"]
