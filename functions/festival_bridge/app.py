"""Decides by rules/festival_bridge/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("festival_bridge")
