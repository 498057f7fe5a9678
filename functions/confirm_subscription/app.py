"""Decides by rules/confirm_subscription/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("confirm_subscription")
