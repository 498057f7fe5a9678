from datetime import date

from nudgekit import Policy, Shop

policy = Policy(
    valid_from=date(2026, 1, 1),
    shop=Shop(name="Shop", url="https://shop.example", postal_address="1 Row, Town"),
    default_timezone="Europe/London",
    currency="EUR",
)
