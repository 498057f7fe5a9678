"""What messages say: templates in Liquid, mails laid out in MJML, texts counted. Knows no AWS, no clock, no sending.

Liquid and MJML are imported when the first message is read, not with this package: arming a run needs neither.
"""
