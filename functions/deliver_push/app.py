"""Hands pushes to SNS."""

from nudgekit.lambdas.deliver import deliver_handler

handler = deliver_handler("push")
