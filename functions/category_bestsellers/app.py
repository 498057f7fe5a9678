"""Decides by rules/category_bestsellers/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("category_bestsellers")
