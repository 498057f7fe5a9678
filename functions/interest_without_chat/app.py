"""Decides by rules/interest_without_chat/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("interest_without_chat")
