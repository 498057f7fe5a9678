"""Hands mails to SES."""

from nudgekit.lambdas.deliver import deliver_handler

handler = deliver_handler("email")
