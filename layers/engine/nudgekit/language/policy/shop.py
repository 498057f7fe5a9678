"""Who is speaking."""

from dataclasses import dataclass

from nudgekit.language.policy.checks import is_web_address, mistake


@dataclass(frozen=True)
class Shop:
    """Who is speaking.

    Attributes:
        name: as messages and pages call it.
        url: its web address.
        postal_address: stands under every mail.
        contact: where people are helped: a mail address, a number or a page; its web address when left out.
    """

    name: str
    url: str
    postal_address: str
    contact: str = ""

    def __post_init__(self) -> None:
        for name in ("name", "postal_address"):
            if not str(getattr(self, name)).strip():
                mistake(name, f"the shop has no {name}", "mails must carry it")
        if not is_web_address(self.url):
            mistake("url", "url is not a web address", "write it in full, with https://")
