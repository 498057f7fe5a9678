"""Words that all explanations share."""

from typing import Final

from nudgekit.language.ladder import Rung

_CHANNELS: Final = {
    "push": "a push",
    "email": "a mail",
    "sms": "a text message",
    "whatsapp": "a WhatsApp message",
    "onsite": "a message on the site",
}

_SEVERAL: Final = {
    "push": "pushes",
    "email": "mails",
    "sms": "text messages",
    "whatsapp": "WhatsApp messages",
    "onsite": "messages on the site",
}


def a_channel(channel: str) -> str:
    """A message by `channel`, as in `a mail`."""
    return _CHANNELS.get(channel, f"a message by {channel}")


def some_of(channel: str, number: int) -> str:
    """So many messages by `channel`, as in `2 mails`."""
    return a_channel(channel) if number == 1 else f"{number} {_SEVERAL.get(channel, f'messages by {channel}')}"


def a_message(rung: Rung) -> str:
    """What a rung sends, as in `a mail (care)`."""
    return f"{a_channel(rung.channel)} ({rung.message})" if rung.message else a_channel(rung.channel)
