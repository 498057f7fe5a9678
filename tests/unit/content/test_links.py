"""Links: what was signed is read back, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudgekit.content.links import LONGEST_TOKEN, Link, Linker, read_token, write_token
from nudgekit.errors import SettingsError
from nudgekit.model.base import Channel

KEY = b"first-key"
LINKS = st.builds(
    Link,
    scope=st.sampled_from(["message", "confirm"]),
    person=st.text(min_size=1, max_size=138).filter(lambda text: text.isprintable()),
    channel=st.sampled_from(list(Channel)),
    message=st.text("0123456789abcdef", min_size=1, max_size=25),
    address=st.text("0123456789abcdef", max_size=24),
)


def _action(link: Link) -> str:
    return "confirm" if link.scope == "confirm" else "unsubscribe"


@given(LINKS)
def test_what_was_signed_is_read_back(link: Link) -> None:
    token = write_token(link, KEY)
    assert len(token) <= LONGEST_TOKEN
    assert read_token(token, _action(link), KEY) == link


@given(LINKS, st.data())
def test_one_changed_letter_makes_it_nobodys(link: Link, data: st.DataObject) -> None:
    token = write_token(link, KEY)
    place = data.draw(st.integers(0, len(token) - 2))  # the last letter has bits that mean nothing
    letter = data.draw(st.sampled_from("ABCxyz019-_").filter(lambda each: each != token[place]))
    assert read_token(token[:place] + letter + token[place + 1 :], _action(link), KEY) is None


@given(st.text(max_size=200))
def test_what_nobody_signed_is_nobodys(text: str) -> None:
    assert read_token(text, "unsubscribe", KEY) is None


LINK = Link("message", "ada", Channel.EMAIL, "m1", "ff")


def test_another_key_signs_nothing_of_ours() -> None:
    assert read_token(write_token(LINK, b"another-key"), "unsubscribe", KEY) is None


def test_an_older_key_is_honoured_while_it_stands() -> None:
    token = write_token(LINK, KEY)
    assert read_token(token, "unsubscribe", b"new-key\nfirst-key\n") == LINK
    assert write_token(LINK, b"new-key\nfirst-key") != token
    assert read_token(token, "unsubscribe", b"new-key") is None


def test_a_messages_link_confirms_nothing_and_the_other_way_round() -> None:
    assert read_token(write_token(LINK, KEY), "confirm", KEY) is None
    asking = write_token(LINK._replace(scope="confirm"), KEY)
    assert read_token(asking, "unsubscribe", KEY) is None
    assert read_token(asking, "preferences", KEY) is None


@pytest.mark.parametrize("keys", [b"", b"  \n "])
def test_without_a_key_nothing_is_signed(keys: bytes) -> None:
    with pytest.raises(SettingsError):
        write_token(LINK, keys)


def test_the_links_of_a_message_begin_where_they_are_told() -> None:
    links = Linker(KEY, "https://mail.shop.example/").links("ada", Channel.EMAIL, "m1", "ff")
    assert links.unsubscribe.startswith("https://mail.shop.example/links/unsubscribe/")
    assert links.preferences.startswith("https://mail.shop.example/links/preferences/")
    assert links.confirm.startswith("https://mail.shop.example/links/confirm/")
    assert read_token(links.unsubscribe.rpartition("/")[2], "preferences", KEY) == LINK
