"""The pages behind the links in messages: plain HTML that works without a script, and names nobody."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Final, NamedTuple

from nudgekit.model.base import Channel

STYLE: Final = files(__package__).joinpath("pages.css").read_text(encoding="utf-8")

POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What the browser may do with a page: show it in its own style, and send its form back."""

NAMES: Final = {
    Channel.PUSH: "App notifications",
    Channel.EMAIL: "E-mail",
    Channel.SMS: "Text messages",
    Channel.WHATSAPP: "WhatsApp",
    Channel.ONSITE: "On our website",
}
_FAULTS: Final = {
    400: (
        "This cannot be read",
        "The request was not in a form that we understand. Please use the buttons on our pages.",
    ),
    404: (
        "This link does not work",
        "It may have been cut off on its way. Please open it again from the message it came in.",
    ),
    405: ("This cannot be done", "This page can be opened and its form sent, and nothing else."),
    413: ("This is too much", "The form is larger than it can be. Please use the buttons on our pages."),
    415: ("This cannot be read", "The form came in an encoding that we do not take."),
    503: ("Please try again", "Something on our side did not work, and nothing was lost. Try again in a moment."),
}


class TopicRow(NamedTuple):
    """One topic of a channel, as the preference page shows it."""

    id: str
    label: str
    on: bool


class ChannelRow(NamedTuple):
    """One channel, as the preference page shows it; `waiting` for a confirmation."""

    channel: Channel
    on: bool
    waiting: bool
    topics: tuple[TopicRow, ...]


def unsubscribe(shop: str, channel: Channel, preferences: str) -> str:
    """Asks whether to end advertising on a channel; `preferences` leads to the finer choice."""
    return _page(
        shop,
        "Unsubscribe?",
        f"<p>{_by(channel)} from {escape(shop)} will end at once, except what an order of yours needs.</p>"
        '<form method="post"><input type="hidden" name="from" value="by-hand">'
        '<button type="submit">Unsubscribe</button></form>'
        f'<p><br><a href="{escape(preferences)}">Choose what you get instead</a></p>',
    )


def unsubscribed(shop: str, channel: Channel, preferences: str) -> str:
    """Says that it is done."""
    return _page(
        shop,
        "You are unsubscribed",
        f'<p class="done" role="status">{_by(channel)} from {escape(shop)} have ended.</p>'
        f'<p><a href="{escape(preferences)}">See everything you get, or change your mind</a></p>',
    )


def preferences(shop: str, rows: Iterable[ChannelRow], *, saved: bool) -> str:
    """Shows every channel and topic with a switch."""
    rows = tuple(rows)
    done = '<p class="done" role="status">Your choice is saved and holds from now on.</p>' if saved else ""
    return _page(
        shop,
        "What may we send you?",
        f"{done}<p>This is about news and offers. What an order of yours needs is not touched by it.</p>"
        '<form method="post"><input type="hidden" name="from" value="by-hand">'
        f"{''.join(map(_shown, rows))}<fieldset><legend>Channels</legend>{''.join(map(_channel, rows))}</fieldset>"
        '<button type="submit">Save</button>'
        '<button type="submit" class="quiet" name="everything" value="stop">Stop everything</button></form>',
    )


def confirm(shop: str, channel: Channel) -> str:
    """Asks for the second yes."""
    return _page(
        shop,
        "One more yes",
        f"<p>Somebody, we hope you, asked {escape(shop)} to send news and offers here: {_by(channel).lower()}. "
        "If it was not you, close this page, and nothing comes.</p>"
        '<form method="post"><input type="hidden" name="answer" value="confirm">'
        '<button type="submit">Yes, send them</button></form>',
    )


def confirmed(shop: str, channel: Channel | None) -> str:
    """Says that it is done; without a channel, that nothing waits to be confirmed."""
    if channel is None:
        return _page(shop, "Nothing to confirm", "<p>There is nothing that waits for your answer.</p>")
    return _page(
        shop,
        "Thank you",
        f'<p class="done" role="status">{_by(channel)} from {escape(shop)} will reach you from now on.</p>',
    )


def fault(shop: str, status: int) -> str:
    """Says what is wrong with a request, by its HTTP status."""
    title, text = _FAULTS.get(status, _FAULTS[400])
    return _page(shop, title, f"<p>{text}</p>")


def _by(channel: Channel) -> str:
    return {
        Channel.PUSH: "App notifications with offers",
        Channel.EMAIL: "E-mails with offers",
        Channel.SMS: "Text messages with offers",
        Channel.WHATSAPP: "WhatsApp messages with offers",
        Channel.ONSITE: "Offers on our website",
    }[channel]


def _shown(row: ChannelRow) -> str:
    """What of the row was on when the page was shown, for the form to say so."""
    on = (*((row.channel,) if row.on else ()), *(f"{row.channel}|{each.id}" for each in row.topics if each.on))
    return "".join(f'<input type="hidden" name="shown" value="{escape(each)}">' for each in on)


def _channel(row: ChannelRow) -> str:
    note = "<small>Waits for your confirmation</small>" if row.waiting and not row.on else ""
    own = _box("channel", row.channel, f"{NAMES[row.channel]}{note}", on=row.on, kind=' role="switch"')
    topics = "".join(_box("topic", f"{row.channel}|{each.id}", escape(each.label), on=each.on) for each in row.topics)
    group = f'<div class="topics" role="group" aria-label="{NAMES[row.channel]} about">{topics}</div>' if topics else ""
    return f'<div class="channel">{own}{group}</div>'


def _box(name: str, value: str, label: str, *, on: bool, kind: str = "") -> str:
    checked = " checked" if on else ""
    field = f'<input type="checkbox"{kind} name="{name}" value="{escape(value)}"{checked}>'
    return f"<label><span>{label}</span>{field}</label>"


def _page(shop: str, title: str, body: str) -> str:
    named = f'<p class="shop">{escape(shop)}</p>' if shop else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex, nofollow"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(' · '.join(filter(None, (title, shop))))}</title><style>{STYLE}</style></head>"
        f"<body>{named}<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
