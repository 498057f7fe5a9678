"""Decides by rules/dormant_winback/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("dormant_winback")
