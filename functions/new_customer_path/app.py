"""Decides by rules/new_customer_path/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("new_customer_path")
