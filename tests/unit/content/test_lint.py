"""What is wrong with a message although it is written correctly is told with its line, and nothing else is."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from nudgekit import Trigger, cart, days, event, everyone, hours, load_book, rung, weekly
from nudgekit.cli.samples import sample_start
from nudgekit.cli.validate import find_mistakes
from nudgekit.content.lint import lint
from nudgekit.content.sample import sample_context
from nudgekit.content.source import read_source
from nudgekit.content.template import Template
from nudgekit.language.policy import Shop
from tests.builders import TRIGGER, make_event, make_policy

PUSH = '+++\ntitle = "{title}"\nlink = "https://shop.example/cart"\n+++\n{body}\n'
SMS = '+++\nlink = "https://shop.example/c"\n+++\n{body}\n'
STOP = " Reply STOP to opt out."
POLICY = make_policy()


def viewed(**changes: Any) -> Trigger:
    given: dict[str, Any] = {
        "id": "viewed",
        "version": 1,
        "owner": "crm",
        "purpose": "promotional",
        "when": event("Product Viewed"),
        "within": hours(1),
        "per": "product_id",
        "ladder": (rung("push"),),
        "expires_after": days(2),
    }
    return Trigger(**{**given, **changes})


def told(folder: Path, channel: str, text: str, trigger: Trigger = TRIGGER, policy: Any = POLICY) -> list[str]:
    path = folder / f"{channel}.liquid"
    path.write_text(text)
    context = sample_context(policy, trigger.id, start=make_event("Product Viewed"))
    found = lint(trigger, Template(read_source(path)), context)
    return [str(each).removeprefix(f"{folder}/") for each in found]


def push(folder: Path, body: str = "Hello", title: str = "Hi", **more: Any) -> list[str]:
    return told(folder, "push", PUSH.format(title=title, body=body), **more)


def sms(folder: Path, body: str, **more: Any) -> list[str]:
    return told(folder, "sms", SMS.format(body=body), **more)


def test_the_messages_of_the_shop_give_nothing_to_tell() -> None:
    assert list(find_mistakes(load_book(Path("rules")))) == []


def test_a_trigger_that_asks_many_and_would_stop_at_the_general_limit_is_told(tmp_path: Path) -> None:
    copy = tmp_path / "rules"
    shutil.copytree("rules", copy)
    lines = (copy / "policy.py").read_text().splitlines(keepends=True)
    (copy / "policy.py").write_text("".join(each for each in lines if 'trigger="seller_recap"' not in each))
    (found,) = find_mistakes(load_book(copy))
    assert "seller_recap/rule.py:13: it asks many people and would stop itself after 5000 within 10 min" in str(found)
    assert 'add SafetyLimit(people=..., per=hours(1), trigger="seller_recap")' in str(found)


class TestNames:
    @pytest.mark.parametrize(
        ("body", "told_of"),
        [
            ("{{ user.first_nme }}", "user.first_nme is not a name (did you mean first_name"),
            ("{% if cart.count > 9 %}{{ cart.vlue }}{% endif %}", "cart.vlue is not a name (did you mean value"),
            ("{{ usr.name }}", "usr.name is not a name (did you mean user"),
            ("{{ cart.items[0].nme }}", "cart.items[0].nme is not a name (did you mean name"),
            ("{{ product.colour }}", "product.colour is not a name"),
            ("{{ shop.name.long }}", "shop.name.long is not a name"),
        ],
    )
    def test_that_there_are_not_are_told_with_the_nearest(self, tmp_path: Path, body: str, told_of: str) -> None:
        (found,) = push(tmp_path, f"Hello\n{body}")
        assert found.startswith(f"push.liquid:6: {told_of}")

    @pytest.mark.parametrize(
        "body",
        [
            "{{ user.traits.tier }} {{ start.anything }}",
            "{% for item in cart.items %}{{ item.name }} {{ forloop.index }}{% endfor %}",
            "{% assign first = cart.items[0].name %}{{ first }} {{ cart.items.size }} {{ cart.items.first.name }}",
            "{{ link }} {{ title }} {{ message }} {{ products[0].name }}",
        ],
    )
    def test_that_may_be_there_are_not(self, tmp_path: Path, body: str) -> None:
        assert [each for each in push(tmp_path, body) if "is not a name" in each] == []


class TestNamesThatTheRuleCannotHave:
    def test_a_cart_that_nothing_speaks_of(self, tmp_path: Path) -> None:
        (found,) = push(tmp_path, "Hello\n{{ cart.items[0].name }}", trigger=viewed())
        assert found.startswith("push.liquid:6: it reads cart, and nothing says that there is one (ask for one")

    @pytest.mark.parametrize(
        "changes",
        [
            {"audience": cart.size >= 1},
            {"audience": cart.contains("mug")},
            {"per": "cart_id"},
            {"when": event("Product Added")},
        ],
        ids=str,
    )
    def test_a_cart_that_the_rule_speaks_of_is_fine(self, tmp_path: Path, changes: dict[str, Any]) -> None:
        assert push(tmp_path, "{{ cart.items[0].name }}", trigger=viewed(**changes)) == []

    def test_a_cart_that_the_message_asks_for_is_fine(self, tmp_path: Path) -> None:
        body = "{% if cart.count > 0 %}{{ cart.items[0].name }}{% endif %}"
        assert push(tmp_path, body, trigger=viewed()) == []

    def test_a_start_event_of_the_calendar(self, tmp_path: Path) -> None:
        from datetime import time  # noqa: PLC0415

        calendar = viewed(when=None, every=weekly("sunday", time(10)), among=everyone(), per="person")
        (found,) = push(tmp_path, "{{ start.percent }}", trigger=calendar)
        assert "it reads start, and the calendar begins the rule" in found


def test_what_needs_a_start_event_is_not_judged_without_one(tmp_path: Path) -> None:
    path = tmp_path / "push.liquid"
    path.write_text(PUSH.format(title="{{ start.ends_at | date }}", body="Hello {{ usr }}"))
    template = Template(read_source(path))
    assert [each.what for each in lint(TRIGGER, template, sample_context(POLICY, "reminder"))] == ["usr is not a name"]
    path.write_text(PUSH.format(title="{{ start.ends_at | date }}", body="Hello"))
    assert list(lint(TRIGGER, Template(read_source(path)), sample_context(POLICY, "reminder"))) == []


class TestPushes:
    def test_that_a_phone_cuts_off(self, tmp_path: Path) -> None:
        assert push(tmp_path, title="t" * 51) == [
            "push.liquid:2: the title is 51 characters, ios shows 50 (shorten it, or cut names with truncate)"
        ]
        assert push(tmp_path, title="t" * 50, body="b" * 178) == []

    def test_that_open_an_app_the_shop_has_not(self, tmp_path: Path) -> None:
        text = PUSH.format(title="Hi", body="Hello").replace("link =", 'deep_link = "cart"\nlink =')
        with_app = make_policy(shop=Shop("A", "https://a.example", "1 Street", app_scheme="fern"))
        assert told(tmp_path, "push", text)[0].startswith("push.liquid:3: it has a deep_link, and the shop has no app")
        assert told(tmp_path, "push", text, policy=with_app) == []


class TestTexts:
    def test_that_do_not_say_how_to_opt_out(self, tmp_path: Path) -> None:
        (found,) = sms(tmp_path, "Come back: {{ link }}")
        assert found == "sms.liquid: it does not say how to opt out (end it with: Reply STOP to opt out.)"

    @pytest.mark.parametrize("line", [STOP, " Ende mit STOPP.", " {{ unsubscribe }}", " {{ preferences }}"])
    def test_that_say_it_in_any_way_are_fine(self, tmp_path: Path, line: str) -> None:
        assert not [each for each in sms(tmp_path, f"Hi{line}") if "opt out" in each]

    def test_that_are_no_promotion_need_not_say_it(self, tmp_path: Path) -> None:
        assert sms(tmp_path, "Your parcel is here", trigger=viewed(purpose="transactional")) == []

    def test_that_cost_a_segment_more_for_one_character(self, tmp_path: Path) -> None:
        (found,) = sms(tmp_path, "x" * 90 + "\u2019" + STOP)
        assert found.startswith("sms.liquid:4: it takes 2 segments and would take 1 without \u2019")

    def test_that_are_a_few_characters_too_long(self, tmp_path: Path) -> None:
        body = "x" * (165 - len(STOP)) + STOP
        (found,) = sms(tmp_path, body)
        assert "it takes 2 segments and would take 1, were it 5 characters shorter" in found
        assert sms(tmp_path, "x" * 170 + STOP) == []
        assert sms(tmp_path, body[5:]) == []

    def test_whose_link_leads_nowhere(self, tmp_path: Path) -> None:
        (found,) = sms(tmp_path, f"Come back: intent://cart{STOP}")
        assert "intent://cart is no web address" in found


class TestMails:
    @pytest.fixture
    def mail(self, tmp_path: Path) -> Any:
        (tmp_path / "layouts").mkdir()
        (tmp_path / "layouts/email.mjml").write_text(Path("rules/layouts/email.mjml").read_text())
        (tmp_path / "viewed/messages").mkdir(parents=True)

        def check(url: str, layout: str = "") -> list[str]:
            if layout:
                (tmp_path / "layouts/email.mjml").write_text(layout)
            head = '+++\nsubject = "Hi"\npreheader = "There"\nlink = "https://shop.example"\n+++\n'
            body = f'<mj-section><mj-column><mj-text>\n<a href="{url}">x</a></mj-text></mj-column></mj-section>'
            return told(tmp_path / "viewed/messages", "email", head + body, trigger=viewed())

        return check

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "shop.example/x", "data:text/html,x", "ftp://x.example"])
    def test_whose_links_lead_to_no_page(self, mail: Any, url: str) -> None:
        assert mail(url)[0].startswith(f"email.liquid:7: {url} is no web address")

    @pytest.mark.parametrize("url", ["https://shop.example/x", "{{ link }}", "mailto:{{ shop.contact }}", "tel:+44"])
    def test_whose_links_lead_somewhere_are_fine(self, mail: Any, url: str) -> None:
        assert mail(url) == []

    def test_without_a_link_to_unsubscribe(self, mail: Any) -> None:
        layout = "<mjml><mj-body>\n<!-- message -->\n</mj-body></mjml>"
        (found,) = mail("https://shop.example/x", layout)
        assert found == "email.liquid: it has no link to unsubscribe (add {{ unsubscribe }} to the layout)"


def test_a_message_that_calls_itself_off_for_the_sample_is_fine(tmp_path: Path) -> None:
    assert push(tmp_path, '{% abort "not today" %}') == []


class TestTheSampleStart:
    def test_is_the_fixture_of_the_trigger(self) -> None:
        found = sample_start(Path("rules"), "cart_abandonment")
        assert found is not None
        assert found.name == "Product Added"

    def test_is_none_where_there_is_no_fixture_or_it_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "events/bad").mkdir(parents=True)
        (tmp_path / "events/bad/start.json").write_text("{not json")
        assert sample_start(tmp_path / "rules", "bad") is None
        assert sample_start(tmp_path / "rules", "none") is None

    def test_is_what_messages_speak_of(self) -> None:
        start = make_event("Product Viewed", properties={"product_id": "lamp", "name": "Lamp", "percent": 20})
        known = sample_context(POLICY, "viewed", "de", start)
        assert (known["product"]["name"], known["start"]["percent"], known["start"]["code"]) == ("Lamp", 20, None)
