"""Folds events into what the shop sells, who follows it, and what is popular."""

from nudgekit.lambdas.project_catalogue import handler

__all__ = ["handler"]
