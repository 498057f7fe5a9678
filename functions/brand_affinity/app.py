"""Decides by rules/brand_affinity/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("brand_affinity")
