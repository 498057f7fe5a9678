"""Decides by rules/exit_intent/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("exit_intent")
