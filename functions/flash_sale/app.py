"""Decides by rules/flash_sale/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("flash_sale")
