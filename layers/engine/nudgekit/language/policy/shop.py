"""Who is speaking."""

import re
from dataclasses import dataclass

from nudgekit.language.policy.checks import is_web_address, mistake

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_TAKEN = frozenset({"http", "https", "javascript", "data", "file", "mailto", "tel", "sms", "intent"})


@dataclass(frozen=True)
class Shop:
    """Who is speaking.

    Attributes:
        name: as messages and pages call it.
        url: its web address.
        postal_address: stands under every mail.
        contact: where people are helped: a mail address, a number or a page; its web address when left out.
        app_scheme: the scheme that opens its app, as in `fernfable` for fernfable://; empty: it has none.
    """

    name: str
    url: str
    postal_address: str
    contact: str = ""
    app_scheme: str = ""

    def __post_init__(self) -> None:
        for name in ("name", "postal_address"):
            if not str(getattr(self, name)).strip():
                mistake(name, f"the shop has no {name}", "mails must carry it")
        if not is_web_address(self.url):
            mistake("url", "url is not a web address", "write it in full, with https://")
        if self.app_scheme and (not _SCHEME.fullmatch(self.app_scheme) or self.app_scheme in _TAKEN):
            mistake(
                "app_scheme", f"{self.app_scheme!r} is no app's own scheme", "write it without ://, as in fernfable"
            )
