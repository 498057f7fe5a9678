"""Hostile names, products and addresses in the shop's own messages: text stays text.

NUDGEKIT_MESSAGES says how many shoppers there are (make prove: 50,000).
"""

import os
import random
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest

from nudgekit import load_book
from nudgekit.content.sms import segments
from nudgekit.language.ladder import Rung
from nudgekit.model.base import OUTGOING, Channel
from nudgekit.model.facts import Facts, Line
from nudgekit.model.message import Content
from nudgekit.model.profile import Profile
from nudgekit.runs.rulebook import Rulebook
from tests.builders import PROFILE, make_case
from tests.functional.deployment import ROOT
from tests.fuzz.hostile import TEXTS

SHOPPERS = int(os.environ.get("NUDGEKIT_MESSAGES", "400"))
RULES = Rulebook(load_book(ROOT / "rules"), "cart_abandonment")
ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " \tjavascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/x",
    'https://shop.example/"onmouseover="alert(1)',
    "https://shop.example/'><script>alert(1)</script>",
    "https://shop.example/\r\nSet-Cookie: x=1",
    "https://user:secret@shop.example/",
    "https://[::1",
    "https://shop.example/{{ user.name }}",
    "https://shop.example/ok",
    "http://",
    "file:///etc/passwd",
)
NAMES = (
    *(text for text in TEXTS if "\ud800" not in text),  # halves of characters are turned away at the door
    'Ada"><img src=x onerror=alert(1)>',
    "Ada' onclick='alert(1)",
    "</title><script>alert(1)</script>",
    "&lt;b&gt;Ada",
    "<!--",
    "]]>",
    "{{1}}{{2}}",
    "{% raw %}",
    "Ada\nSubject: other",
    "Ada\u2028Bcc: x@example.org",
    "\u0130\u0131\ufb03" * 30,
)


class Seen(HTMLParser):
    """The tags of a mail in order, and every address in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action", "background"}]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def shopper(name: str, product: str, address: str, locale: str) -> Any:
    """Somebody with one product in the cart, all of it as given."""
    line = Line(1, "m", "c1", "mug", 1, Decimal("25.00"), "EUR", product, address, "https://shop.example/mug.png")
    profile: Profile = PROFILE.model_copy(update={"name": name, "locale": locale})
    return make_case(profile=profile, facts=Facts(lines={"c1|mug": line}), policy=RULES.policy)


def written(case: Any, channel: Channel) -> Content:
    content = RULES.render(case, Rung(channel), "m1")
    assert isinstance(content, Content), content
    return content


def seen(mail: Content) -> Seen:
    parsed = Seen()
    parsed.feed(mail.html or "")
    parsed.close()
    return parsed


def check(case: Any) -> None:
    """What must hold of every message to this shopper."""
    for channel in OUTGOING:
        content = written(case, channel)
        heads = (content.title, content.subject, content.preheader, content.link, content.button, content.unsubscribe)
        for head in (*heads, *content.parameters):
            assert head is None or not any(ord(each) < 32 or ord(each) == 127 for each in head), f"a header: {head!r}"
        for link in (content.link, content.unsubscribe, content.image):
            assert not link or urlsplit(link).scheme in {"http", "https"}, f"a link: {link!r}"
    assert segments(written(case, Channel.SMS).body) <= 3
    assert len(written(case, Channel.PUSH).body) <= 240
    mail = seen(written(case, Channel.EMAIL))
    assert mail.tags == PLAIN.tags, "tags were brought in"
    assert mail.handlers == []
    assert {urlsplit(link).scheme for link in mail.links if link} <= {"http", "https", "mailto"}, mail.links


PLAIN = seen(written(shopper("Ada", "Mug", "https://shop.example/mug", "en"), Channel.EMAIL))


def test_hostile_shoppers_get_harmless_messages(record_property: Callable[[str, object], None]) -> None:
    rng = random.Random(int(os.environ.get("NUDGEKIT_SEED", "0")))
    for _ in range(SHOPPERS):
        locale = rng.choice(("en", "de-DE", "ar", "tlh", "../x", "en\r\nX: y", "x" * 60))
        given = (rng.choice(NAMES), rng.choice(NAMES), rng.choice(ADDRESSES), locale)
        try:
            check(shopper(*given))
        except AssertionError as wrong:
            raise AssertionError(f"{given}: {wrong}") from None
    record_property("told", f"{SHOPPERS} hostile shoppers, {4 * SHOPPERS} messages: harmless")


def test_a_layout_that_does_not_escape_would_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite can fail: without escaping, a name becomes a tag."""
    from nudgekit.content import liquid_engine  # noqa: PLC0415

    monkeypatch.setattr(liquid_engine.HTML, "autoescape", False)
    with pytest.raises(AssertionError, match="tags were brought in"):
        check(shopper("<script>alert(1)</script>", "Mug", "https://shop.example/mug", "en"))


def test_a_link_that_is_not_checked_would_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    from nudgekit.content import context  # noqa: PLC0415

    monkeypatch.setattr(context, "_web", lambda url: url or "")
    monkeypatch.setattr(context, "tracked", lambda url, message: url)
    with pytest.raises(AssertionError, match="javascript"):
        check(shopper("Ada", "Mug", "javascript:alert(1)", "en"))
