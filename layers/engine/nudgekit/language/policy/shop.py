"""Who is speaking."""

from dataclasses import dataclass

from nudgekit.language.policy.checks import is_web_address, mistake


@dataclass(frozen=True)
class Shop:
    """Who is speaking. `unsubscribe_url` is where a person ends all mail; `postal_address` stands under every mail."""

    name: str
    url: str
    postal_address: str
    unsubscribe_url: str

    def __post_init__(self) -> None:
        for name in ("name", "postal_address"):
            if not str(getattr(self, name)).strip():
                mistake(name, f"the shop has no {name}", "mails must carry it")
        for name in ("url", "unsubscribe_url"):
            if not is_web_address(getattr(self, name)):
                mistake(name, f"{name} is not a web address", "write it in full, with https://")
