"""Decides by rules/first_purchase_offer/rule.py."""

from nudgekit.lambdas.trigger import trigger_handler

handler = trigger_handler("first_purchase_offer")
