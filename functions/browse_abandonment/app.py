"""Decides by rules/browse_abandonment/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("browse_abandonment")
