"""Between what stands in consent and what the preference page shows, both ways."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from nudgekit.content.pages import ChannelRow, TopicRow
from nudgekit.decide.gates.consent import needs_grant
from nudgekit.lambdas.consent.request import Form
from nudgekit.language.policy import Policy
from nudgekit.model.base import Channel
from nudgekit.model.consent import Consent, Status

Said = dict[str, Any]


def shown(consent: Consent, policy: Policy, now: datetime) -> tuple[ChannelRow, ...]:
    """What the page shows: each channel on or off, and within it each topic that is not refused by itself as on."""
    return tuple(_row(channel, consent, policy, now) for channel in Channel)


def choose(  # noqa: PLR0913, PLR0917  # what was chosen, against all that it depends on
    form: Form, consent: Consent, policy: Policy, proven: Channel, now: datetime, source: str
) -> tuple[Said, ...]:
    """What a saved page says that was not so before.

    Args:
        form: the page's fields: `channel` names every channel that is on, `topic` every `channel|topic`, and `shown`
            what was on when the page was shown. What was ended elsewhere since is not allowed anew by a page that did
            not know of it yet.
        consent: what stood before.
        policy: the shop's.
        proven: the channel whose link led here: who has the link has the address.
        now: the moment.
        source: what the evidence names as its source.
    """
    on, before = frozenset((*form.get("channel", ()), *form.get("topic", ()))), frozenset(form.get("shown", ()))
    said: list[Said] = []
    for row in shown(consent, policy, now):
        wanted = row.channel in on and (row.on or row.channel not in before)
        if wanted is not row.on:
            said.append(_said(row.channel, "", "granted" if wanted else "denied", source, proven))
        said += _topics(row, on, before, source, proven, wanted=wanted)
    return tuple(said)


def stop_channel(channel: Channel, source: str) -> tuple[Said, ...]:
    """What somebody says who follows the link in a message to end advertising on its channel, as the page puts it."""
    return (_said(channel, "", "denied", source, channel),)


def stop_everything(consent: Consent, now: datetime, source: str) -> tuple[Said, ...]:
    """What somebody says who wants no advertising on any channel."""
    open_ = (each for each in Channel if consent.status(each, "promotional", now) is not Status.DENIED)
    return tuple(_said(channel, "", "denied", source, channel) for channel in open_)


def _row(channel: Channel, consent: Consent, policy: Policy, now: datetime) -> ChannelRow:
    status = consent.status(channel, "promotional", now)
    topics = tuple(TopicRow(each.id, each.label, not _is_refused(consent, channel, each.id)) for each in policy.topics)
    on = status is Status.GRANTED or (status is not Status.DENIED and not needs_grant(channel, "promotional"))
    return ChannelRow(channel, on, bool(consent.waiting(channel)), topics)


def _is_refused(consent: Consent, channel: Channel, topic: str) -> bool:
    word = consent.said.get(f"{channel}|promotional|{topic}")
    return word is not None and word.status is Status.DENIED


def _topics(  # noqa: PLR0913  as `choose`
    row: ChannelRow, on: frozenset[str], before: frozenset[str], source: str, proven: Channel, *, wanted: bool
) -> Iterator[Said]:
    """A topic that is taken up again counts as granted where its channel is on; elsewhere the refusal is only void."""
    for topic in row.topics:
        name = f"{row.channel}|{topic.id}"
        chosen = name in on and (topic.on or name not in before)
        if chosen is not topic.on:
            status = "denied" if not chosen else "granted" if wanted else "unknown"
            yield _said(row.channel, topic.id, status, source, proven)


def _said(channel: Channel, topic: str, status: str, source: str, proven: Channel) -> Said:
    said = {"channel": channel, "topic": topic, "status": status, "source": source}
    return said | ({"confirmed": True} if status == "granted" and channel is proven else {})
