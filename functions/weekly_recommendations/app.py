"""Decides by rules/weekly_recommendations/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("weekly_recommendations")
