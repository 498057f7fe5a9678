"""Numbers so small that random lives meet every one of them."""

from datetime import time

from nudgekit import Cap, QuietHours, Topic, days
from tests.builders import make_policy

policy = make_policy(
    topics=(Topic("ideas", "Ideas for the house"),),
    quiet_hours=(
        QuietHours("push", time(21), time(8)),
        QuietHours("sms", time(20), time(9)),
        QuietHours("whatsapp", time(21, 30), time(8)),
    ),
    caps=(
        Cap("promotional", limit=2, per=days(1)),
        Cap("promotional", limit=5, per=days(7)),
        Cap("promotional", limit=1, per=days(2), channels=("sms", "whatsapp")),
    ),
)
