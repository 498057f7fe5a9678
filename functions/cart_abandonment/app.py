"""Decides by rules/cart_abandonment/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("cart_abandonment")
