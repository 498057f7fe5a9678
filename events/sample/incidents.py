"""What goes wrong with the service on the sample's day and the night after it, and what its operators do about it.

Minutes are from the opening, as in the stories. The providers fail in the evening; at night somebody stops everything,
then nothing is folded for two hours, then the providers fail again, and at last every trigger seems to reach too many.
"""

from typing import Any

ALL_CHANNELS = ("push", "email", "sms", "whatsapp")
NOON, AFTERNOON = 55, 190
EVENING, LATE, MIDNIGHT = 690, 720, 830
NIGHT, SMALL_HOURS, DAWN = 955, 1080, 1235


def _on(minute: int, do: str, *what: str) -> list[dict[str, Any]]:
    return [{"at": minute, "do": do, "what": each} for each in what]


INCIDENTS: tuple[dict[str, Any], ...] = (
    *_on(-115, "erase", "oldrich", "ottmar"),
    *_on(NOON, "halt", "push", "email"),
    *_on(NOON + 55, "go_on", "push", "email"),
    *_on(AFTERNOON, "halt", "push", "email"),
    *_on(AFTERNOON + 55, "go_on", "push", "email"),
    *_on(EVENING, "fail", *ALL_CHANNELS),
    {"at": LATE, "do": "stop", "what": "all", "why": "the prices in the shop are wrong"},
    *_on(MIDNIGHT, "resume", "all"),
    *_on(MIDNIGHT, "halt", "facts"),
    *_on(NIGHT, "go_on", "facts"),
    *_on(SMALL_HOURS, "mend", *ALL_CHANNELS),
    {"at": SMALL_HOURS, "do": "count", "until": DAWN},
    *_on(DAWN, "relieve", ""),
)
