"""Hands text messages to End User Messaging SMS."""

from nudgekit.lambdas.deliver import deliver_handler

handler = deliver_handler("sms")
