"""Decides by rules/back_in_stock/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("back_in_stock")
