"""Mails: MJML to HTML once, when the message is read; and the text that goes with every HTML mail."""

import re
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

from nudgekit.content.source import Source
from nudgekit.errors import RuleError

SLOT = "<!-- message -->"
"""Where the layout takes the message in."""

_BLOCKS = frozenset({"address", "br", "div", "h1", "h2", "h3", "hr", "li", "p", "table", "td", "tr", "ul"})
_CORRECT = "correct the tag; Liquid tags between MJML tags go into <mj-raw>"
_HIDDEN = frozenset({"head", "script", "style", "title"})


def layout_of(source: Source) -> Path:
    """The layout of the mail `source`: `layouts/email.mjml` beside the triggers' folders."""
    return source.path.parents[2] / "layouts" / "email.mjml"


def to_html(source: Source) -> str:
    """The mail's body in its layout as HTML, its Liquid tags untouched.

    Raises:
        RuleError: there is no layout, it has no slot, or the MJML is broken.
    """
    layout = layout_of(source)
    if not layout.exists() or SLOT not in (text := layout.read_text()):
        raise RuleError("there is no layout with a slot", str(layout), f"write it, with a line {SLOT}")
    return _compiled(text.replace(SLOT, source.body), str(source.path))


@lru_cache(maxsize=64)
def _compiled(text: str, path: str) -> str:
    from mjml import mjml2html  # noqa: PLC0415  # only mails need it

    try:
        html: str = mjml2html(text)
    except ValueError as error:
        raise RuleError(f"this is not MJML: {error}", path, _CORRECT) from None
    if unknown := re.search(r"<(mj-[\w-]+)", html):
        raise RuleError(f"this is not MJML: there is no <{unknown[1]}>", path, _CORRECT)
    return html


def to_text(html: str) -> str:
    """The mail as plain text: a line a block, every link with its address. Liquid tags stay what they are."""
    reader = _TextReader()
    reader.feed(html)
    return tidy("".join(reader.parts))


def tidy(text: str) -> str:
    """`text` without empty lines and needless spaces."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


class _TextReader(HTMLParser):
    """Collects what a reader sees; hidden parts and comments are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []
        self._link = ""
        self._label_from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        style = (given.get("style") or "").replace(" ", "")
        if self._hidden or tag in _HIDDEN or (tag == "div" and "display:none" in style):
            self._hidden += [tag] if tag not in {"br", "img", "meta", "link", "hr"} else []
            return
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "a":
            self._link, self._label_from = given.get("href") or "", len(self.parts)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._hidden.pop()
            return
        if tag == "a":
            label = "".join(self.parts[self._label_from :]).strip()
            self.parts.append(f": {self._link}" if label and label != self._link else "")
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(" ".join(data.split("\n")))
