"""What the parts of the policy are checked with."""

from urllib.parse import urlsplit

from nudgekit.language.ladder import CHANNELS
from nudgekit.language.mistakes import caller, keyword_place, nearest, report
from nudgekit.model.base import Channel


def as_channel(given: str, keyword: str) -> Channel:
    """The channel `given`; a mistake at the argument `keyword` when there is none of that name."""
    if given not in CHANNELS:
        mistake(keyword, f"{given!r} is not a channel", nearest(str(given), CHANNELS))
        return Channel.EMAIL
    return Channel(given)


def is_web_address(given: object) -> bool:
    """Whether it is an https address in full."""
    parts = urlsplit(str(given))
    return parts.scheme == "https" and bool(parts.netloc)


def mistake(keyword: str, what: str, remedy: str) -> None:
    """Report a mistake at the argument `keyword` of the line that is being read."""
    report(what, remedy, keyword_place(caller(), keyword))
