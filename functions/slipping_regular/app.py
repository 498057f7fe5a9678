"""Decides by rules/slipping_regular/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("slipping_regular")
