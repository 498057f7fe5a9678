"""Decides by rules/complementary_items/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("complementary_items")
