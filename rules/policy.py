"""The shop's numbers: change one, change `valid_from`. Whether they satisfy the law is for you to check."""

from datetime import date, time

from nudgekit import Cap, Policy, QuietHours, SafetyLimit, Shop, days, hours, minutes, user

policy = Policy(
    valid_from=date(2026, 10, 1),
    shop=Shop(
        name="Fern & Fable",
        url="https://shop.example",
        postal_address="Fern & Fable, 12 Market Row, Exampleton EX1 2MP",
        contact="help@shop.example",
        app_scheme="fernfable",
    ),
    default_timezone="Europe/London",
    currency="EUR",
    locales=("en-GB", "en-US"),
    quiet_hours=(
        QuietHours("push", time(21, 0), time(8, 0)),
        QuietHours("sms", time(21, 0), time(8, 0)),
        QuietHours("whatsapp", time(21, 0), time(8, 0)),
    ),
    after_quiet_hours="best",
    spread=minutes(15),
    caps=(
        Cap("promotional", limit=3, per=days(1)),
        Cap("promotional", limit=8, per=days(7)),
        Cap("promotional", limit=1, per=hours(1)),
        Cap("promotional", limit=2, per=days(7), channels=("sms",)),
    ),
    leave_out=user.segments.contains("staff"),
    pace=100_000,
    safety=(
        SafetyLimit(people=5000, per=minutes(10)),
        SafetyLimit(people=1_100_000, per=hours(1), trigger="flash_sale"),
        SafetyLimit(people=1_100_000, per=hours(1), trigger="sale_ends"),
        SafetyLimit(people=1_100_000, per=hours(1), trigger="festival_bridge"),
        SafetyLimit(people=1_100_000, per=hours(1), trigger="editorial_match"),
        SafetyLimit(people=1_100_000, per=hours(1), trigger="weekly_recommendations"),
        SafetyLimit(people=200_000, per=hours(1), trigger="seller_recap"),
        SafetyLimit(people=100_000, per=hours(1), trigger="price_drop"),
        SafetyLimit(people=100_000, per=hours(1), trigger="back_in_stock"),
    ),
    freshness=minutes(5),
)
