"""Decides by rules/price_drop/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("price_drop")
