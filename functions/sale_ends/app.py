"""Decides by rules/sale_ends/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("sale_ends")
