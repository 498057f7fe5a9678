"""A message written with less and less known tells what it shows, and whether it can always be written."""

from pathlib import Path

import pytest

from nudgekit.book import load_book
from nudgekit.cli.explain.silences import setting_of, silences
from nudgekit.cli.explain.trials import faulty, shows_prices, shows_products, tried
from nudgekit.content.source import read_source
from nudgekit.content.template import Template
from nudgekit.model.reasons import Reason

BOOK = load_book(Path("rules"))
HEAD = '+++\ntitle = "{}"\nlink = "{{{{ shop.url }}}}"\n+++\n{}\n'


def written(folder: Path, body: str, title: str = "Hello") -> Template:
    path = folder / "push.liquid"
    path.write_text(HEAD.format(title, body))
    return Template(read_source(path))


@pytest.mark.parametrize(
    ("body", "fails"),
    [
        ("See you soon.", False),
        ("Hello {{ user.first_name | default: 'there' }}.", False),
        ("{{ product.name }} is here.", True),
        ("{% if product %}{{ product.name }} is here.{% endif %}", False),
        ("{% if product %}{{ product.price | money }}{% endif %}", True),
        ("{% if product.price %}{{ product.price | money }}{% endif %}", True),
        ("{% if product and product.price %}{{ product.price | money }}{% endif %}", False),
        ("Until {{ start.ends_at | date }}", True),
        ("{% if start.ends_at %}Until {{ start.ends_at | date }}{% endif %}", True),
        ("{% if start.percent %}Now {{ start.percent }}{% endif %}", False),
        ("{{ offer.code }}", True),
        ("{% if offer %}{{ offer.code }}{% endif %}", False),
        ('{% unless product %}{% abort "no product" %}{% endunless %}{{ product.name }}', False),
    ],
)
def test_a_message_that_needs_what_may_be_missing_cannot_always_be_written(
    tmp_path: Path, body: str, fails: bool
) -> None:
    assert faulty(tried(written(tmp_path, body), BOOK.policy, "t", has_cart=False)) is fails


def test_only_the_rule_makes_sure_that_there_is_a_cart(tmp_path: Path) -> None:
    template = written(tmp_path, "{{ cart.items[0].name }} is in your cart.")
    assert faulty(tried(template, BOOK.policy, "t", has_cart=False))
    assert not faulty(tried(template, BOOK.policy, "t", has_cart=True))


@pytest.mark.parametrize(
    ("body", "products", "prices"),
    [
        ("Come back.", False, False),
        ("{% if product %}{{ product.name }}{% endif %}", True, False),
        ("{% for pick in picks %}{% if pick.price %}{{ pick.price | money }}{% endif %}{% endfor %}", True, True),
    ],
)
def test_what_a_message_shows_is_what_it_was_seen_to_show(
    tmp_path: Path, body: str, products: bool, prices: bool
) -> None:
    trials = tried(written(tmp_path, body), BOOK.policy, "t", has_cart=False)
    assert (shows_products(trials), shows_prices(trials)) == (products, prices)


def reasons(trigger: str) -> dict[Reason, str]:
    return {each.reason: each.detail for each in silences(setting_of(BOOK, trigger))}


def test_a_trigger_is_not_said_to_be_silent_for_what_its_messages_do_not_do() -> None:
    assert Reason.PRICE_ROSE not in reasons("exit_intent")
    assert reasons("back_in_stock")[Reason.PRICE_ROSE] == "email"
    assert Reason.RENDER_FAILED not in reasons("cart_abandonment")
    assert reasons("price_drop")[Reason.RENDER_FAILED] == "email, push"


def test_the_shops_own_page_has_no_provider_and_no_address() -> None:
    assert not {Reason.PROVIDER_DOWN, Reason.UNREACHABLE, Reason.ADDRESS_SHARED} & reasons("exit_intent").keys()
    assert Reason.ADDRESS_SHARED not in reasons("browse_abandonment"), "a device is its last owner's"
    assert reasons("time_alert")[Reason.ADDRESS_SHARED] == "email"


def test_nothing_comes_before_the_most_important_trigger() -> None:
    assert Reason.COLLAPSED not in reasons("cart_abandonment")
    assert Reason.OUTRANKED in reasons("cart_abandonment"), "of two carts, the one that was left first goes first"
    assert Reason.COLLAPSED in reasons("back_in_stock")


def test_who_is_asked_again_later_than_the_rule_leaves_them_alone_was_not_asked_recently() -> None:
    assert Reason.ASKED_RECENTLY not in reasons("dormant_winback"), "half a year passes between two of its messages"
    assert Reason.ASKED_RECENTLY in reasons("slipping_regular")
