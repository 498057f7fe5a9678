"""Consent: whatever order the words come in, the answer is the same; a refusal is never lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudgekit.model.base import Channel
from nudgekit.model.consent import IMPLIED_LASTS, Consent, Evidence, Status
from tests.builders import NOON

MAIL = Channel.EMAIL
WORDS = st.builds(
    Evidence,
    channel=st.sampled_from([Channel.EMAIL, Channel.SMS]),
    purpose=st.sampled_from(["promotional", "transactional"]),
    topic=st.sampled_from(["", "offers", "news"]),
    status=st.sampled_from(list(Status)),
    basis=st.sampled_from(["express", "implied", "contract"]),
    at=st.integers(0, 20).map(lambda days: NOON + timedelta(days=days)),
    expires_at=st.none() | st.integers(0, 40).map(lambda days: NOON + timedelta(days=days)),
    event_id=st.integers(0, 10_000).map(str),
)
LIVES = st.lists(WORDS, max_size=12, unique_by=lambda word: word.event_id)
MOMENTS = st.integers(0, 60).map(lambda days: NOON + timedelta(days=days))


def heard(words: Any) -> Consent:
    consent = Consent()
    for word in words:
        consent = consent.heard(word)
    return consent


@given(LIVES, st.randoms(use_true_random=False))
def test_the_order_of_hearing_does_not_matter(words: list[Evidence], chance: Any) -> None:
    shuffled = [*words, *words[:3]]
    chance.shuffle(shuffled)
    assert heard(shuffled) == heard(words)


@given(LIVES, MOMENTS, st.sampled_from(["", "offers", "news"]))
def test_it_is_granted_only_as_a_plain_reading_of_the_words_says(
    words: list[Evidence], now: datetime, topic: str
) -> None:
    """The rules once more, from the words themselves and not from what was made of them."""
    own = [word for word in words if (word.channel, word.purpose) == (MAIL, "promotional")]

    def order(word: Evidence) -> tuple[datetime, bool, str]:
        return word.at, word.status is Status.DENIED, word.event_id

    def last(about: str, *, inferred: bool = False) -> Evidence | None:
        said = [word for word in own if word.topic == about and word.status is not Status.PENDING]
        said = [word for word in said if (word.basis != "express" and word.status is not Status.DENIED) is inferred]
        return max(said, key=order, default=None)

    def allows(word: Evidence | None) -> bool:
        if word is None or word.status is not Status.GRANTED:
            return False
        ends = [
            each for each in (word.expires_at, word.at + IMPLIED_LASTS if word.basis == "implied" else None) if each
        ]
        return all(now < end for end in ends)

    general, specific = last(""), last(topic) if topic else None
    refused_here = specific is not None and specific.status is Status.DENIED
    newer = specific is not None and (general is None or order(specific) > order(general))
    shops = [last(each, inferred=True) for each in {"", topic}]
    since = [order(word) for word in (general, specific) if word is not None]
    bought = any(allows(word) and all(order(word) > each for each in since) for word in shops if word is not None)
    refused = (general is not None and general.status is Status.DENIED) or refused_here
    wanted = (newer and allows(specific)) or (not refused_here and allows(general)) or (bought and not refused)
    assert (heard(words).status(MAIL, "promotional", now, topic) is Status.GRANTED) == wanted


def word(status: Status, days: float, **more: Any) -> Evidence:
    given = {
        "channel": MAIL,
        "status": status,
        "at": NOON + timedelta(days=days),
        "event_id": f"{status}-{days}-{more}",
    }
    return Evidence(**{**given, **more})


GRANTED, DENIED, PENDING = Status.GRANTED, Status.DENIED, Status.PENDING
BOUGHT = word(GRANTED, 1, basis="implied")


@pytest.mark.parametrize(
    ("words", "topic", "status"),
    [
        ([], "", Status.UNKNOWN),
        ([word(GRANTED, 0, topic="offers"), word(DENIED, 1)], "offers", DENIED),
        ([word(DENIED, 0), word(GRANTED, 1, topic="offers")], "offers", GRANTED),
        ([word(DENIED, 0), word(GRANTED, 1, topic="offers")], "", DENIED),
        ([word(DENIED, 0, topic="offers"), word(GRANTED, 1)], "offers", DENIED),
        ([word(DENIED, 0, topic="offers"), word(GRANTED, 1)], "news", GRANTED),
        ([word(GRANTED, 1, topic="offers"), word(DENIED, 1)], "offers", DENIED),
        ([word(GRANTED, 1), word(DENIED, 1)], "", DENIED),
        ([word(DENIED, 0, expires_at=NOON)], "", DENIED),
        ([word(GRANTED, 0, expires_at=NOON + timedelta(days=3))], "", Status.UNKNOWN),
        ([word(PENDING, 0)], "", PENDING),
        ([word(GRANTED, 0), word(PENDING, 1)], "", GRANTED),
        ([word(DENIED, 0), word(PENDING, 1)], "", DENIED),
        ([word(PENDING, 0), word(DENIED, 1), word(GRANTED, 2)], "", GRANTED),
        ([word(DENIED, 0), BOUGHT], "", DENIED),
        ([word(DENIED, 0, topic="offers"), BOUGHT], "offers", DENIED),
        ([word(DENIED, 0), word(GRANTED, 1, basis="contract")], "", DENIED),
        ([BOUGHT, word(Status.UNKNOWN, 2, basis="implied")], "", Status.UNKNOWN),
        ([word(GRANTED, 0), BOUGHT, word(Status.UNKNOWN, 2, basis="implied")], "", GRANTED),
        ([word(GRANTED, 0), word(GRANTED, 1, basis="implied", expires_at=NOON + timedelta(days=2))], "", GRANTED),
        ([BOUGHT, word(DENIED, 2), word(GRANTED, 3, expires_at=NOON + timedelta(days=3.5))], "", Status.UNKNOWN),
        ([word(DENIED, 0), word(Status.UNKNOWN, 1), word(GRANTED, 2, basis="implied")], "", GRANTED),
        ([word(GRANTED, 0, topic="offers"), word(DENIED, 1), word(Status.UNKNOWN, 2)], "offers", Status.UNKNOWN),
    ],
)
def test_what_stands(words: list[Evidence], topic: str, status: Status) -> None:
    assert heard(words).status(MAIL, "promotional", NOON + timedelta(days=4), topic) is status


def test_implied_consent_lapses_two_years_after_the_purchase_to_the_day() -> None:
    consent = heard([word(GRANTED, 0, basis="implied")])
    last = NOON + timedelta(days=730)
    assert consent.status(MAIL, "promotional", last - timedelta(seconds=1)) is GRANTED
    assert consent.status(MAIL, "promotional", last) is Status.UNKNOWN


def test_what_an_older_release_wrote_is_read() -> None:
    assert Consent.model_validate({"said": {}}) == Consent()


def test_a_purchase_under_one_id_takes_no_refusal_of_the_other_back() -> None:
    merged = heard([word(DENIED, 0)]).merged(heard([BOUGHT]), NOON + timedelta(days=2))
    assert merged.status(MAIL, "promotional", NOON + timedelta(days=4)) is DENIED
    assert merged.heard(word(GRANTED, 3)).status(MAIL, "promotional", NOON + timedelta(days=4)) is GRANTED
    both = heard([]).merged(heard([BOUGHT]), NOON + timedelta(days=2))
    assert both.status(MAIL, "promotional", NOON + timedelta(days=4)) is GRANTED
    assert both.granted_at(MAIL, "promotional") == BOUGHT.at


@given(LIVES, LIVES, MOMENTS, st.sampled_from(["", "offers", "news"]))
def test_whoever_refused_under_either_id_has_refused(
    mine: list[Evidence], theirs: list[Evidence], now: datetime, topic: str
) -> None:
    one, other = heard(mine), heard(theirs)
    status = one.merged(other, NOON + timedelta(days=30)).status(MAIL, "promotional", now, topic)
    if DENIED in {each.status(MAIL, "promotional", now, topic) for each in (one, other)}:
        assert status is DENIED
    assert status == other.merged(one, NOON + timedelta(days=30)).status(MAIL, "promotional", now, topic)


CLOSE = st.builds(
    Evidence,
    channel=st.just(MAIL),
    topic=st.sampled_from(["", "offers"]),
    status=st.sampled_from(list(Status)),
    basis=st.sampled_from(["express", "express", "implied"]),
    at=st.integers(0, 5).map(lambda days: NOON + timedelta(days=days)),
    event_id=st.integers(0, 10_000).map(str),
)


@given(st.lists(CLOSE, min_size=1, max_size=5, unique_by=lambda word: word.event_id), st.data())
def test_a_word_that_stands_would_change_nothing(words: list[Evidence], data: Any) -> None:
    """Only then may a repeat go unwritten: whoever says it again, later than anything else, is heard either way."""
    again = data.draw(st.sampled_from(words))
    later = again.model_copy(update={"at": NOON + timedelta(days=21), "event_id": "again"})
    before = heard(words)
    if before.standing(later) is None:
        return
    after = before.heard(later)
    assert {each.subject for each in before.waiting(later.channel)} == {
        each.subject for each in after.waiting(later.channel)
    }
    for topic in ("", "offers", "news"):
        for now in (later.at, later.at + timedelta(days=2000)):
            assert before.status(later.channel, later.purpose, now, topic) is after.status(
                later.channel, later.purpose, now, topic
            )
