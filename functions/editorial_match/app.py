"""Decides by rules/editorial_match/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("editorial_match")
