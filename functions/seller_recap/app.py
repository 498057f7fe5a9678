"""Decides by rules/seller_recap/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("seller_recap")
