"""Messages say what their files say, whatever is in the shop's data, and tell what is wrong with them."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nudgekit import load_book
from nudgekit.content.context import Inputs, clean, message_context, tracked
from nudgekit.content.links import PREVIEW, MessageLinks
from nudgekit.content.sample import SAMPLE_MESSAGE, sample_context
from nudgekit.content.sms import segments
from nudgekit.content.template import Template, load_messages
from nudgekit.errors import MistakesError, RuleError
from nudgekit.model.base import OUTGOING, Channel
from nudgekit.model.catalogue import Product
from nudgekit.model.facts import Cart, Line
from nudgekit.model.message import Content
from nudgekit.model.profile import Profile
from tests.builders import NOON, PROFILE, make_policy

POLICY = make_policy(locales=("en", "de", "ja"))
LINKS = MessageLinks("https://links.example/u", "https://links.example/p", "https://links.example/c")
SAMPLE_LINKS = PREVIEW.links("sample", Channel.EMAIL, SAMPLE_MESSAGE)
LAYOUT = Path("rules/layouts/email.mjml")
HOSTILE = '<img src=x onerror="alert(1)">{{ shop.postal_address }}{% raw %}&'
HEADS = {
    "push": '+++\ntitle = "Hi"\nlink = "https://shop.example/cart"\n+++\n',
    "email": '+++\nsubject = "Hi"\npreheader = "There"\nlink = "https://shop.example/cart?a=1&b=2"\n+++\n',
    "sms": '+++\nlink = "https://shop.example/cart"\n+++\n',
    "whatsapp": '+++\ntemplate = "t_1"\nlanguage = "en"\nparameters = ["{{ user.name }}"]\n+++\n',
}


SMS_TO_INDIA = '+++\nlink = "https://a.example"\ndlt_template_id = "1107"\ndlt_entity_id = "1101"\n+++\n'


def line(name: str | None = "Mug", price: str | None = "24.00", **changes: Any) -> Line:
    amount = None if price is None else Decimal(price)
    return Line(1, "m", "c", "mug", 1, amount, "EUR", name, "https://shop.example/p/mug")._replace(**changes)


def inputs(**given: Any) -> Inputs:
    return Inputs(policy=POLICY, trigger="reminder", message="m-1", links=LINKS, now=NOON, **given)


def context(*lines: Line, profile: Profile = PROFILE, value: str | None = "24.00") -> dict[str, Any]:
    cart = Cart(lines or (line(),), None if value is None else Decimal(value), "EUR")
    return message_context(inputs(profile=profile, cart=cart))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "email.mjml").write_text(LAYOUT.read_text())
    (tmp_path / "reminder" / "messages").mkdir(parents=True)
    return tmp_path / "reminder"


def template(folder: Path, channel: str, body: str, head: str | None = None) -> Template:
    text = (HEADS[channel] if head is None else head) + body
    (folder / "messages" / f"{channel}.liquid").write_text(text)
    return load_messages(folder)[Channel(channel)]


def mjml(text: str) -> str:
    return f"<mj-section><mj-column><mj-text>{text}</mj-text></mj-column></mj-section>"


def test_an_sms_carries_what_it_was_registered_under(folder: Path) -> None:
    content = template(folder, "sms", "Hi", SMS_TO_INDIA).render(context())
    assert (content.dlt_template_id, content.dlt_entity_id) == ("1107", "1101")
    assert template(folder, "sms", "Hi").render(context()).dlt_template_id is None


def test_a_whatsapp_message_without_a_template_is_free_text(folder: Path) -> None:
    body = "Hello {{ user.first_name }},\n\nyour {{ cart.items[0].name }} is here: {{ cart.items[0].url }}"
    content = template(folder, "whatsapp", body, "+++\n+++\n").render(context())
    assert content.template is None
    assert content.body.startswith("Hello Ada,\n\nyour Mug is here: https://shop.example/p/mug?nk=m-1")


class TestHostileNames:
    def test_are_escaped_in_mails(self, folder: Path) -> None:
        mail = template(folder, "email", mjml("{{ cart.items[0].name }}")).render(context(line(HOSTILE)))
        assert mail.html is not None
        assert "<img" not in mail.html
        assert "&lt;img src=x onerror=&#34;alert(1)&#34;&gt;{{ shop.postal_address }}{% raw %}&amp;" in mail.html
        assert HOSTILE in mail.body

    @pytest.mark.parametrize("channel", ["push", "sms"])
    def test_are_never_run_as_liquid(self, folder: Path, channel: str) -> None:
        assert HOSTILE in template(folder, channel, "{{ cart.items[0].name }}").render(context(line(HOSTILE))).body

    def test_stay_what_they_are_in_whatsapp(self, folder: Path) -> None:
        content = template(folder, "whatsapp", "Hi {{1}}!").render(context(profile=Profile(name="{{1}}{{2}}")))
        assert content.parameters == ("{{1}}{{2}}",)
        assert content.body == "Hi {{1}}{{2}}!"

    def test_cannot_break_lines_or_headers(self, folder: Path) -> None:
        head = HEADS["email"].replace('"Hi"', '"{{ cart.items[0].name }}"')
        mail = template(folder, "email", mjml("x"), head).render(context(line("Mug\r\nBcc: x\u2028\x00y")))
        assert mail.subject == "Mug Bcc: x y"

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil", "file:///x", "http://[", ""])
    def test_addresses_that_are_no_web_addresses_are_replaced(self, url: str) -> None:
        item = context(line(url=url, image_url=url))["cart"]["items"][0]
        assert item["url"] == "https://shop.example?nk=m-1"
        assert item["image"] == ""

    def test_long_names_are_shortened(self) -> None:
        assert clean("x" * 200) == "x" * 79 + "…"


class TestTheFourMessagesOfTheShop:
    @pytest.fixture
    def rendered(self) -> dict[Channel, Content]:
        messages = load_book(Path("rules")).messages("cart_abandonment")
        return {
            Channel(channel): each.render(sample_context(POLICY, "cart_abandonment"))
            for channel, each in messages.items()
        }

    def test_each_has_its_own_shape(self, rendered: dict[Channel, Content]) -> None:
        push, mail, sms, whatsapp = (rendered[channel] for channel in OUTGOING)
        assert push.title == "Still thinking it over, Ada?"
        assert push.link == f"https://shop.example/cart?nk={SAMPLE_MESSAGE}"
        assert mail.subject == "Ada, your cart is waiting for you"
        assert mail.unsubscribe == SAMPLE_LINKS.unsubscribe
        assert sms.link is not None
        assert sms.link in sms.body
        assert segments(sms.body) <= 2
        assert whatsapp.template == "cart_reminder_1"
        assert whatsapp.parameters == ("Ada", "Fern print, framed", "€147.00")
        assert whatsapp.button == f"cart?nk={SAMPLE_MESSAGE}"

    def test_the_mail_says_who_speaks_and_how_to_end_it(self, rendered: dict[Channel, Content]) -> None:
        mail = rendered[Channel.EMAIL]
        for text in (mail.html or "", mail.body):
            assert "1 Example Street" in text
            assert SAMPLE_LINKS.unsubscribe in text
            assert "Fern print, framed" in text
            assert "€123.00" in text
        assert "{%" not in (mail.html or "") + mail.body
        assert "fonts.googleapis" not in (mail.html or "")

    def test_they_work_for_somebody_without_a_name(self) -> None:
        messages = load_book(Path("rules")).messages("cart_abandonment")
        bare = context(line(None, None), profile=Profile(), value=None)
        rendered = {channel: each.render(bare) for channel, each in messages.items()}
        assert rendered[Channel.PUSH].title == "Still thinking it over?"
        assert rendered[Channel.EMAIL].subject == "Your cart is waiting for you"
        assert "Hello there," in rendered[Channel.EMAIL].body
        assert rendered[Channel.WHATSAPP].parameters == ("there", "Your item", "as you left it")


class TestMoney:
    @pytest.mark.parametrize(
        ("locale", "expected"),
        [("en-GB", "€1,234.50"), ("de_DE", "1.234,50\u00a0€"), ("ja", "€1,234.50"), ("xx-nowhere", "€1,234.50")],
    )
    def test_is_written_as_the_locale_does(self, folder: Path, locale: str, expected: str) -> None:
        push = template(folder, "whatsapp", "{{1}}", HEADS["whatsapp"].replace("user.name", "cart.value | money"))
        profile = Profile(locale=locale)
        assert push.render(context(profile=profile, value="1234.5")).parameters[0] == " ".join(expected.split())

    def test_that_is_missing_fails_the_message(self, folder: Path) -> None:
        push = template(folder, "push", "Yours\nfor {{ cart.value | money }}")
        with pytest.raises(RuleError, match=r"push\.liquid:6: money needs an amount"):
            push.render(context(value=None))


class TestMissingNames:
    @pytest.mark.parametrize(
        "body", ["a\n{{ user.nickname }}", "a\n{% if user.nickname %}b{% endif %}", "a\n{{ user.nickname | upcase }}"]
    )
    def test_fail_with_file_line_and_name_and_nothing_personal(self, folder: Path, body: str) -> None:
        with pytest.raises(RuleError) as raised:
            template(folder, "push", body).render(context())
        assert "nickname" in raised.value.what
        assert raised.value.where.endswith("push.liquid:6")
        assert "Ada" not in str(raised.value)

    def test_are_found_in_the_mails_own_lines(self, folder: Path) -> None:
        with pytest.raises(RuleError) as raised:
            template(folder, "email", mjml("one") + "\n" + mjml("{{ coupon }}")).render(context())
        assert raised.value.what == "'coupon' is undefined"
        assert raised.value.where.endswith("email.liquid:7")

    def test_are_found_in_the_head(self, folder: Path) -> None:
        head = '+++\ntitle = "{{ coupon }}"\nlink = "https://shop.example"\n+++\n'
        with pytest.raises(RuleError, match=r"push\.liquid:2: 'coupon' is undefined"):
            template(folder, "push", "x", head).render(context())

    def test_other_failures_quote_no_value(self, folder: Path) -> None:
        with pytest.raises(RuleError) as raised:
            template(folder, "push", "{{ user.name | divided_by: 0 }}").render(context())
        assert "Ada" not in str(raised.value)


class TestWhatIsWrittenWrong:
    @pytest.mark.parametrize(
        ("channel", "text", "what", "line"),
        [
            ("push", "no head", "has no head", 1),
            ("push", "+++\ntitle = Hi\n+++\nx", "the head is not TOML", 2),
            ("push", '+++\ntitle = "x"\nlink = 5\n+++\nx', "link is not a text", 3),
            ("push", '+++\ntitle = "x"\nlink = "y"\nsubject = "z"\n+++\nx', "subject is not a field of push", 4),
            ("push", '+++\ntitle = "x"\n+++\nx', "link is missing", 1),
            ("email", '+++\nsubject = "x"\nlink = "y"\n+++\nx', "preheader is missing", 1),
            ("whatsapp", HEADS["whatsapp"] + "Hi {{1}} {{2}}", "the body uses {{1}}, {{2}} and there are", 4),
            ("whatsapp", '+++\ntemplate = "t"\nparameters = []\n+++\nx', "language is missing", 1),
            ("whatsapp", '+++\nlanguage = "en"\nparameters = []\n+++\nx', "template is missing", 1),
            ("sms", '+++\nlink = "https://a.example"\ndlt_template_id = "1107"\n+++\nx', "dlt_entity_id is missing", 1),
            ("sms", SMS_TO_INDIA.replace("1107", "11 07") + "x", "dlt_template_id is not an id", 3),
            ("whatsapp", HEADS["whatsapp"] + "Hi", "the body uses none and there are parameters {{1}}", 4),
            ("whatsapp", HEADS["whatsapp"] + "Hi {{1}} {% if x %}", "not the approved text", 0),
            ("whatsapp", '+++\ntemplate = "t"\nlanguage = "en"\nparameters = [""]\n+++\nx', "not a list of texts", 4),
            ("sms", HEADS["sms"] + "a" * 613, "more than 4 segments", 0),
            ("sms", HEADS["sms"] + "ż" * 269, "more than 4 segments", 0),
            ("push", HEADS["push"] + "a" * 241, "the push has more than", 0),
            ("push", HEADS["push"].replace("Hi", "a" * 66), "the push has more than", 0),
        ],
    )
    def test_is_told_with_its_line(self, folder: Path, channel: str, text: str, what: str, line: int) -> None:
        with pytest.raises(RuleError) as raised:
            template(folder, channel, "", text)
        assert what in raised.value.what
        assert raised.value.where.endswith(f"{channel}.liquid:{line}" if line else f"{channel}.liquid")
        assert raised.value.remedy

    def test_two_branches_that_nobody_reads_both_of_are_not_too_long(self, folder: Path) -> None:
        either = "{% if cart.value %}" + "a" * 200 + "{% elsif cart %}" + "b" * 200 + "{% else %}c{% endif %}"
        assert template(folder, "push", either).render(context(value="2")).body == "a" * 200
        with pytest.raises(RuleError, match="the push has more than"):
            template(folder, "push", either + "d" * 241)

    def test_is_told_together(self, folder: Path) -> None:
        (folder / "messages" / "push.liquid").write_text("x")
        (folder / "messages" / "sms.liquid").write_text("x")
        with pytest.raises(MistakesError) as raised:
            load_messages(folder)
        assert len(raised.value.mistakes) == 2

    def test_liquid_is_checked_when_compiled(self, folder: Path) -> None:
        with pytest.raises(RuleError, match=r"push\.liquid:6: this is not Liquid"):
            template(folder, "push", "a\n{% if %}").compile()

    @pytest.mark.parametrize("body", ["<mj-section><mj-nothing/></mj-section>", "<mj-section>"])
    def test_mjml_is_checked_when_compiled(self, folder: Path, body: str) -> None:
        with pytest.raises(RuleError, match=r"email\.liquid: this is not MJML"):
            template(folder, "email", body).compile()

    def test_a_mail_needs_a_layout(self, folder: Path) -> None:
        (folder.parent / "layouts" / "email.mjml").unlink()
        with pytest.raises(RuleError, match="no layout with a slot"):
            template(folder, "email", mjml("x")).compile()


class TestPieces:
    def test_a_mail_takes_in_a_piece_that_it_shares_and_its_names_with_it(self, folder: Path) -> None:
        (folder.parent / "layouts" / "thanks.mjml").write_text(mjml("Thanks, {{ user.first_name }}"))
        mail = template(folder, "email", f"{mjml('First this.')}\n<!-- layouts/thanks -->")
        content = mail.render(context())
        assert content.body.index("First this.") < content.body.index("Thanks, Ada")
        assert ("user", "first_name") in mail.names

    def test_a_piece_that_there_is_not_is_told_with_the_nearest(self, folder: Path) -> None:
        (folder.parent / "layouts" / "thanks.mjml").write_text(mjml("Thanks"))
        with pytest.raises(RuleError, match=r"email\.liquid:7: there is no piece 'thank' .* thanks"):
            template(folder, "email", f"{mjml('x')}\n<!-- layouts/thank -->")


class TestLimits:
    def test_a_text_message_that_grows_too_long_fails(self, folder: Path) -> None:
        body = "{% for item in cart.items %}{{ item.name }} {% endfor %}"
        with pytest.raises(RuleError, match="more than 4 segments"):
            template(folder, "sms", body).render(context(*[line("x" * 80)] * 8))

    def test_a_push_that_grows_too_long_is_cut(self, folder: Path) -> None:
        body = "{% for item in cart.items %}{{ item.name }} {% endfor %}"
        push = template(folder, "push", body).render(context(*[line("x" * 80)] * 4))
        assert len(push.body) == 240
        assert push.body.endswith("…")

    def test_an_empty_parameter_fails(self, folder: Path) -> None:
        with pytest.raises(RuleError, match="parameter 1 is empty"):
            template(folder, "whatsapp", "Hi {{1}}").render(context(profile=Profile()))

    def test_an_endless_template_is_stopped(self, folder: Path) -> None:
        body = "{% for a in (1..500) %}{% for b in (1..500) %}x{% endfor %}{% endfor %}"
        with pytest.raises(RuleError, match="the template fails"):
            template(folder, "push", body).render(context())


def test_links_keep_their_query_and_carry_the_message() -> None:
    assert tracked("https://shop.example/cart?a=1&nk=old#x", "m-1") == "https://shop.example/cart?a=1&nk=m-1#x"


def test_the_text_of_a_mail_has_every_link(folder: Path) -> None:
    mail = template(folder, "email", mjml('<a href="{{ link }}">To the\n cart</a> &amp; on')).render(context())
    assert "To the cart: https://shop.example/cart?a=1&b=2&nk=m-1 & on\n" in mail.body
    assert "There" not in mail.body


def test_a_message_may_speak_of_the_product_a_run_is_about(folder: Path) -> None:
    product = Product(product_id="pot", name="Clay pot", price=Decimal(12), url="https://shop.example/p/pot")
    known = message_context(inputs(profile=PROFILE, item=product))
    push = template(folder, "push", "{{ product.name }} {{ product.price | money }} {{ product.url }}").render(known)
    assert push.body == "Clay pot €12.00 https://shop.example/p/pot?nk=m-1"


def test_arming_a_run_imports_no_template_engine() -> None:
    code = (
        "import sys, pathlib, nudgekit, nudgekit.runs.conduct, nudgekit.content.template\n"
        "book = nudgekit.load_book(pathlib.Path('rules')); book.trigger('cart_abandonment'); book.policy\n"
        "book.messages('cart_abandonment')\n"
        "dear = {'liquid', 'mjml', 'babel'} & set(sys.modules)\n"
        "sys.exit(f'imported: {dear}' if dear else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
