"""Numbers, days and plurals are written as the reader's locale and clock do, and a message may call itself off."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nudgekit.content.context import Optional, written_for
from nudgekit.content.liquid_engine import PLAIN, compiled, rendered
from nudgekit.content.money import Money
from nudgekit.content.push import cut_off
from nudgekit.content.source import Source, read_source
from nudgekit.content.template import Template
from nudgekit.errors import CalledOff, RuleError
from nudgekit.language.policy import Shop
from nudgekit.model.base import Channel
from nudgekit.model.message import Aborted, Content
from nudgekit.model.reasons import Reason
from tests.builders import make_case, make_policy

EVENING = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def say(text: str, locale: str = "en-GB", zone: Any = UTC, **names: Any) -> str:
    source = Source(Path("sms.liquid"), Channel.SMS, {}, (), text, text)
    return " ".join(rendered(compiled(PLAIN, text, source), {"locale": locale, "zone": zone, **names}, source).split())


class TestDays:
    @pytest.mark.parametrize(
        ("form", "locale", "expected"),
        [
            ("", "en-GB", "27 Nov 2026"),
            (': "short"', "en-GB", "27/11/2026"),
            (': "short"', "en-US", "11/27/26"),
            (': "long"', "de-DE", "27. November 2026"),
            (': "full"', "en-GB", "Friday, 27 November 2026"),
            (': "MMMMd"', "en-US", "November 27"),
            (': "MMMMd"', "de", "27. November"),
            (': "EEEE"', "fr", "vendredi"),
        ],
    )
    def test_are_written_as_the_locale_does(self, form: str, locale: str, expected: str) -> None:
        assert say(f"{{{{ at | date{form} }}}}", locale, at=EVENING) == expected

    def test_are_those_of_the_readers_calendar(self) -> None:
        assert say("{{ at | date }} {{ at | time }}", zone=BERLIN, at=EVENING.isoformat()) == "28 Nov 2026 00:30"
        assert say('{{ at | date: "Hm" }}', zone=BERLIN, at=EVENING) == "00:30"

    def test_without_a_time_stay_what_they_are_in_every_zone(self) -> None:
        assert say("{{ at | date }}", zone=ZoneInfo("Pacific/Auckland"), at="2026-11-27") == "27 Nov 2026"
        assert say("{{ at | date }}", zone=ZoneInfo("America/Los_Angeles"), at=date(2026, 11, 27)) == "27 Nov 2026"

    @pytest.mark.parametrize("at", [None, "2026-11-27T20:00:00", "tomorrow", 7, ""])
    def test_that_are_none_fail_and_are_never_guessed(self, at: object) -> None:
        with pytest.raises(RuleError, match="there is no time to write"):
            say("{{ at | date }}", at=at)

    def test_in_an_unknown_form_fail(self) -> None:
        with pytest.raises(RuleError, match="no way to write a time"):
            say('{{ at | date: "%d.%m." }}', at=EVENING)


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "locale", "expected"),
        [
            ("{{ n | number }}", "en-GB", "1,234.5"),
            ("{{ n | number }}", "de-DE", "1.234,5"),
            ("{{ share | percent }}", "en-GB", "12.5%"),
            ("{{ share | percent }}", "de-DE", "12,5 %"),
            ('{{ "19.90" | money: "EUR" }}', "de-DE", "19,90 €"),
            ('{{ amount | money: "EUR" }}', "en-GB", "US$3.00"),
        ],
    )
    def test_are_written_as_the_locale_does(self, text: str, locale: str, expected: str) -> None:
        amount = Money(Decimal(3), "USD")
        assert say(text, locale, n=Decimal("1234.5"), share=12.5, amount=amount) == expected

    @pytest.mark.parametrize("text", ["{{ n | number }}", "{{ n | percent }}", '{{ n | plural: other: "#" }}'])
    @pytest.mark.parametrize("n", [None, "many", True, "NaN"])
    def test_that_are_none_fail(self, text: str, n: object) -> None:
        with pytest.raises(RuleError, match="there is no number"):
            say(text, n=n)


class TestPlurals:
    @pytest.mark.parametrize(
        ("count", "locale", "expected"),
        [
            (1, "en", "one thing"),
            (0, "en", "0 things"),
            (1200, "en", "1,200 things"),
            (0, "fr", "one thing"),
            (3, "pl", "3 few"),
            (5, "pl", "5 things"),
        ],
    )
    def test_follow_the_categories_of_the_locale(self, count: int, locale: str, expected: str) -> None:
        text = '{{ n | plural: one: "one thing", few: "# few", other: "# things" }}'
        assert say(text, locale, n=count) == expected

    def test_need_words_for_all_other_numbers(self) -> None:
        with pytest.raises(RuleError, match="plural needs its words"):
            say('{{ n | plural: one: "one" }}', n=2)


class TestAMessageThatCallsItselfOff:
    def test_says_why(self) -> None:
        with pytest.raises(CalledOff, match="too few left"):
            say('{% if n < 3 %}{% abort "too few left" %}{% endif %} {{ n }} left', n=2)

    def test_is_written_where_it_does_not(self) -> None:
        assert say('{% if n < 3 %}{% abort "too few left" %}{% endif %} {{ n }} left', n=3) == "3 left"

    @pytest.mark.parametrize("tag", ["{% abort %}", "{% abort user.name %}", '{% abort "" %}', '{% abort "a" "b" %}'])
    def test_says_it_in_words_of_its_file_and_nothing_else(self, tag: str) -> None:
        with pytest.raises(RuleError, match="not Liquid"):
            say(tag)

    def test_passes_over_the_rung_with_its_words_in_the_trace(self) -> None:
        from nudgekit.decide.decide import decide  # noqa: PLC0415

        case = make_case()
        decision = decide(case, lambda _, rung: Aborted("too few left") if rung.channel == "push" else _content(rung))
        assert decision.channel == "email"
        refused = next(step.verdict for step in decision.trace if step.gate == "renders" and step.channel == "push")
        assert (refused.reason, refused.seen) == (Reason.ABORTED, (("words", "too few left"),))

    def test_ends_the_run_when_every_message_does(self) -> None:
        from nudgekit.decide.decide import decide  # noqa: PLC0415

        decision = decide(make_case(), lambda _, __: Aborted("not today"))
        assert (decision.do, decision.reason) == ("end", Reason.ABORTED)


class TestPushes:
    @pytest.fixture
    def push(self, tmp_path: Any) -> Template:
        path = tmp_path / "push.liquid"
        path.write_text('+++\ntitle = "Hi"\nlink = "https://shop.example/a"\ndeep_link = "/cart/{{ id }}"\n+++\nHello')
        return Template(read_source(path))

    @pytest.mark.parametrize(("scheme", "opens"), [("fern", "fern://cart/7?nk=m-1"), ("", None)])
    def test_open_the_app_of_a_shop_that_has_one(self, push: Template, scheme: str, opens: str | None) -> None:
        content = push.render({"message": "m-1", "shop": {"app_scheme": scheme}, "id": 7})
        assert (content.deep_link, content.link) == (opens, "https://shop.example/a?nk=m-1")

    def test_cannot_open_anything_but_the_app(self, push: Template) -> None:
        content = push.render({"message": "m-1", "shop": {"app_scheme": "fern"}, "id": "https://evil.example"})
        assert content.deep_link is not None
        assert content.deep_link.startswith("fern://")

    @pytest.mark.parametrize("scheme", ["https", "javascript", "Fern", "fern://", "7up"])
    def test_an_apps_scheme_is_its_own(self, scheme: str) -> None:
        with pytest.raises(RuleError, match="no app's own scheme"):
            make_policy(shop=Shop("A", "https://a.example", "1 Street", app_scheme=scheme))

    def test_what_a_phone_cuts_off_is_told_by_platform(self) -> None:
        assert cut_off("t" * 50, "b" * 178) == []
        assert cut_off("t" * 51, "b" * 178) == ["the title is 51 characters, ios shows 50"]
        assert cut_off("t" * 50, "b" * 241) == [
            "the text is 241 characters, ios shows 178",
            "the text is 241 characters, android shows 240",
        ]


@pytest.mark.parametrize(
    ("own", "expected"),
    [("en-AU", "en-AU"), ("de_AT", "de_AT"), ("fr-FR", "en-GB"), (None, "en-GB"), ("", "en-GB"), ("EN", "EN")],
)
def test_a_message_is_written_for_the_own_locale_where_the_shop_writes_in_its_language(
    own: str | None, expected: str
) -> None:
    assert written_for(own, ("en-GB", "de")) == expected


@pytest.mark.parametrize("locales", [(), "en", ("english",), ("en", 7), ["en"]])
def test_locales_that_are_none_are_told(locales: Any) -> None:
    with pytest.raises(RuleError, match="is not a locale"):
        make_policy(locales=locales)


def test_what_a_start_event_lacks_is_nil() -> None:
    start = Optional({"percent": 20})
    assert say("{{ start.percent | percent }}{% if start.code %} {{ start.code }}{% endif %}", start=start) == "20%"


def _content(rung: Any) -> Content:
    return Content(channel=rung.channel, body="hello")
