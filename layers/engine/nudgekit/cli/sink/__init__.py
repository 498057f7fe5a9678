"""The sink: stands in for the providers that the local AWS does not emulate, and shows what each person received.

The functions' SMS and WhatsApp calls end here. Their SNS and SES calls pass through here to the local AWS, which takes
them but keeps neither a push's content nor a mail's tags; so this is the one place that has seen every message whole.
"""
