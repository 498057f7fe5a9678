"""Hands WhatsApp messages to End User Messaging Social."""

from nudgekit.lambdas.deliver import deliver_handler

handler = deliver_handler("whatsapp")
