"""Folds every event into what is known about people."""

from nudgekit.lambdas.project_profile import handler

__all__ = ["handler"]
