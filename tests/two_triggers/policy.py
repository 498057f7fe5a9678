"""Room for one message a day, and a night."""

from datetime import date, time

from nudgekit import Cap, Policy, QuietHours, Shop, days

policy = Policy(
    valid_from=date(2026, 1, 1),
    shop=Shop(
        name="Example",
        url="https://shop.example",
        postal_address="1 Example Street",
        contact="help@shop.example",
    ),
    default_timezone="Europe/London",
    currency="EUR",
    quiet_hours=(QuietHours("push", time(21), time(8)),),
    caps=(Cap("promotional", limit=1, per=days(1)),),
    after_quiet_hours="best",
)
