"""Decides by rules/time_alert/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("time_alert")
