"""Decides by rules/listing_unfinished/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("listing_unfinished")
