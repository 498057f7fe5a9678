"""The stories into which faults are placed: between them they lead through every function and every way to end."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any, NamedTuple

from nudgekit.book import Book, load_book
from nudgekit.decide.case import Case
from nudgekit.errors import Throttled
from nudgekit.language.ladder import Rung
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import OUTGOING, Channel
from nudgekit.model.message import LOST, Content, Message, MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from nudgekit.runs.cohorts import SHARDS
from nudgekit.runs.documents import Kind
from nudgekit.runs.erase import left_of
from nudgekit.runs.operation import resume, stop
from nudgekit.runs.ports import Refused
from nudgekit.runs.receipts import Receipt, write_receipt
from nudgekit.runs.rulebook import Rulebook
from tests.crash.town import Town
from tests.functional.deployment import ROOT, fixture
from tests.visit import ANONYMOUS, COOKIE

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
BEFORE = NOON - timedelta(hours=2)
ENDPOINT = fixture("project_profile/profile_updated")["detail"]["properties"]["push"][0]["endpoint"]


class Story(NamedTuple):
    """One story.

    Attributes:
        tell: puts it into a town.
        outcome, reason: how its run ends when nothing fails; None: it has several runs.
        sends: the channels that are used when nothing fails.
        transactional: whether its messages are told apart as transactional.
        runs: how many runs there are in the end.
        ends_well: sees what else must hold in the end.
        triggers: the shop's triggers that are at work; of all others nobody hears.
    """

    tell: Callable[[Town], None]
    outcome: Outcome | None
    reason: Reason | None
    sends: tuple[str, ...]
    transactional: bool = False
    runs: int = 1
    ends_well: Callable[[Town], None] = lambda _: None
    triggers: tuple[str, ...] = ("cart_abandonment", "confirm_subscription")


class Quick(Rulebook):
    """Writes each message once: its id stands for all that went into it."""

    def __init__(self, book: Book, trigger_id: str) -> None:
        super().__init__(book, trigger_id)
        self.written: dict[tuple[str, str], Content | str] = {}

    def others(self) -> tuple[Trigger, ...]:
        """A story's triggers take no place from each other."""
        return ()

    def render(self, case: Case, rung: Rung, message_id: str) -> Content | str:
        written = (case.run.person, message_id)
        if written not in self.written:
            self.written[written] = super().render(case, rung, message_id)
        return self.written[written]


class Transactional(Quick):
    """The same rule, as if its messages were asked for."""

    @property
    def trigger(self) -> Trigger:
        return self.version(1)

    @cache  # noqa: B019  # one book a session
    def version(self, number: int) -> Trigger:
        return replace(super().version(number), purpose="transactional", holdout=0.0)


@cache
def rules(trigger: str, *, transactional: bool) -> Rulebook:
    """The shipped rule of a trigger."""
    return (Transactional if transactional else Quick)(load_book(ROOT / "rules"), trigger)


def introduce(town: Town) -> None:
    """Ada is known and allows everything; she leaves a cart, and the event comes twice."""
    granted = (f"consent/granted_{channel}" for channel in OUTGOING)
    for name in ("project_profile/profile_updated", "project_catalogue/product_updated", *granted):
        event = fixture(name)
        town.at(datetime.fromisoformat(event["detail"]["timestamp"]), event)
    for _ in range(2):
        town.at(NOON, fixture("cart_abandonment/start"))


def nobody_reacts(town: Town) -> None:
    """Every channel has its turn."""
    introduce(town)


def mail_is_opened(town: Town) -> None:
    """The second rung arrives and is read."""
    introduce(town)

    def react(message: Message) -> list[dict[str, Any]]:
        return [about(message, f"ses_{word}") for word in ("delivery", "open") if message.channel is Channel.EMAIL]

    town.react = react


def mail_bounces(town: Town) -> None:
    """The second rung is handed over, and comes back."""
    introduce(town)

    def react(message: Message) -> list[dict[str, Any]]:
        return [about(message, "ses_bounce_permanent")] if message.channel is Channel.EMAIL else []

    town.react = react


def about(message: Message, name: str) -> dict[str, Any]:
    """A receipt fixture that names `message`."""
    receipt = fixture(f"delivery_feedback/{name}")
    receipt["detail"]["mail"]["tags"]["receipt"] = [write_receipt(Receipt(message.person, message.id))]
    return receipt


def device_is_gone(town: Town) -> None:
    """The first rung is refused for good."""
    introduce(town)
    town.providers[Channel.PUSH].answers[ENDPOINT] = Refused(Reason.ADDRESS_DISABLED, address_dead=True)


def cart_is_bought(town: Town) -> None:
    """The order comes before the wake-up."""
    introduce(town)
    order = fixture("project_profile/order_completed")
    order["detail"]["properties"]["cart_id"] = "cart-1"
    town.at(NOON + timedelta(minutes=10), order)


def somebody_opts_out(town: Town) -> None:
    """Ada ends all mail after the push; the text message has its turn."""
    introduce(town)
    said = fixture("consent/denied_sms")
    said["detail"]["timestamp"] = (NOON + timedelta(hours=1)).isoformat()
    said["detail"]["properties"] |= {"channel": "email", "purpose": "promotional"}
    town.at(NOON + timedelta(hours=1), said)


def somebody_stops_it_all(town: Town) -> None:
    """Everything is stopped while the first message is on its way, and goes on an hour later."""
    introduce(town)

    def for_an_hour(town: Town) -> None:
        stop(town.store, "all", "an operator", "wrong prices", town.now)
        town.at(town.now + timedelta(hours=1), lambda town: resume(town.store, "all"))

    town.when_claimed = for_an_hour


def somebody_stops_the_channel(town: Town) -> None:
    """Push is stopped while the first message is on its way: it is withheld, and the mail has its turn."""
    introduce(town)
    town.when_claimed = lambda town: stop(town.store, "channel:push", "an operator", "wrong prices", town.now)


def provider_is_down(town: Town) -> None:
    """Eight people leave a cart while push takes nothing for an hour: most of them get a mail instead."""
    people = [f"ada-{number}" for number in range(8)]
    for number, person in enumerate(people):
        for name in ("project_profile/profile_updated", "consent/granted_push", "consent/granted_email"):
            event = _of(person, fixture(name))
            town.at(datetime.fromisoformat(event["detail"]["timestamp"]), event)
        town.at(NOON + timedelta(seconds=number), _of(person, fixture("cart_abandonment/start")))
    town.providers[Channel.PUSH].answers[ENDPOINT] = Throttled("the provider is down")
    town.at(NOON + timedelta(minutes=90), lambda town: town.providers[Channel.PUSH].answers.clear())


def _of(person: str, event: dict[str, Any]) -> dict[str, Any]:
    event["detail"]["user_id"] = person
    event["detail"]["message_id"] += f"-{person}"
    return event


def somebody_writes_stop(town: Town) -> None:
    """Ada answers the push by a text message that says STOP; she is told once that it was heard."""
    introduce(town)
    stop_word = fixture("consent/sms_stop")
    said = json.loads(stop_word["Message"])
    given = fixture("project_profile/profile_updated")["detail"]["properties"]
    stop_word["Message"] = json.dumps({**said, "originationNumber": given["phone"]})
    stop_word["Timestamp"] = (NOON + timedelta(hours=1)).isoformat()
    town.at(NOON + timedelta(hours=1), lambda town: town.put("consent", stop_word))


def somebody_asks_for_mail(town: Town) -> None:
    """Ada asks for news by mail, and is asked to confirm it."""
    known = fixture("project_profile/profile_updated")
    town.at(datetime.fromisoformat(known["detail"]["timestamp"]), known)
    asked = fixture("confirm_subscription/start")
    asked["detail"]["timestamp"] = NOON.isoformat()
    town.at(NOON, asked)


def two_ids_are_one(town: Town) -> None:
    """After the push it turns out whose the cart is; the ladder is climbed further under the other id."""
    introduce(town)
    linked = fixture("person/identity_linked")
    linked["detail"] |= {"user_id": "ada-account", "timestamp": (NOON + timedelta(hours=1)).isoformat()}
    linked["detail"]["properties"]["previous_id"] = "ada"
    town.at(NOON + timedelta(hours=1), linked)


def went_on(town: Town) -> None:
    """One run ended as merged, the other did what was left to do."""
    found = {run.person: (run.outcome, run.reason) for run in town.runs()}
    assert found["ada"][1] is Reason.MERGED
    assert found["ada-account"][0] is Outcome.SENT
    assert found["ada-account"][1] in {Reason.LADDER_FINISHED, Reason.IN_DOUBT}


def somebody_is_erased(town: Town) -> None:
    """After the push an operator erases Ada, and asks again until it is done."""
    introduce(town)
    town.at(NOON + timedelta(hours=1), lambda town: town.ask("person", {"erase": "ada"}))


def forgotten(town: Town) -> None:
    """Nothing is left of Ada, and nothing more was sent to her."""
    assert [ref for ref in town.store.rows if ref.owner == "ada"] == []
    assert left_of("ada", town.store) == []
    assert [ref for ref in town.store.rows if ref.kind is Kind.SUPPRESSION]
    assert {message.channel for message in town.taken()} <= {Channel.PUSH}


def a_sale_begins(town: Town, people: int = 6) -> None:
    """People are told of a sale, which the shop says twice; nobody reacts, so they get a mail as well."""
    for number in range(people):
        for name in ("project_profile/profile_updated", "consent/granted_push", "consent/granted_email"):
            event = _of(f"ada-{number}", fixture(name))
            town.at(datetime.fromisoformat(event["detail"]["timestamp"]), event)
    for _ in range(2):
        town.at(NOON, fixture("flash_sale/start"))


def everybody_was_asked(town: Town) -> None:
    """Every wave is through, and each person was asked about one sale."""
    waves = list(town.rows(Kind.WAVE))
    assert len(waves) == SHARDS
    assert all(wave.over for wave in waves)
    assert sum(wave.asked for wave in waves) == len(town.runs())
    assert {run.key for run in town.runs()} == {"lantern-sale"}


def an_hour_comes(town: Town) -> None:
    """Ada sells things, and lives where noon is nine on Monday; the calendar ticks before, then and after."""
    introduce_only(town, timezone="America/Sao_Paulo")
    town.at(NOON - timedelta(minutes=20), _of("ada", fixture("project_catalogue/listing_published")))
    for minutes in (-15, 0, 15):
        town.at(NOON + timedelta(minutes=minutes), lambda town: town.put("seller_recap", {"tick": {}}))


def was_asked_at_that_hour(town: Town) -> None:
    """The hour came once, and every share of the people was gone through."""
    waves = list(town.rows(Kind.WAVE))
    assert len(waves) == SHARDS
    assert all(wave.over and wave.event.at == NOON for wave in waves)
    assert [each.until >= NOON for each in town.rows(Kind.CALENDAR)] == [True]


def a_price_falls(town: Town) -> None:
    """Ada looked at a lamp, and it gets cheaper."""
    introduce_only(town)
    for name in ("product_updated", "product_viewed", "price_dropped"):
        event = fixture(f"project_catalogue/{name}")
        town.at(datetime.fromisoformat(event["detail"]["timestamp"]), event)


def somebody_is_welcomed(town: Town) -> None:
    """Ada looks at a lamp and gets a code by mail; the push two days later shows the same one."""
    _acquaint(town)
    for _ in range(2):
        town.at(NOON, fixture("first_purchase_offer/start"))


def nobody_is_welcomed(town: Town) -> None:
    """Neither the mail nor the push gets through: the code goes back."""
    somebody_is_welcomed(town)
    given = fixture("project_profile/profile_updated")["detail"]["properties"]
    town.providers[Channel.EMAIL].answers[given["email"]] = Refused(Reason.REJECTED)
    town.providers[Channel.PUSH].answers[ENDPOINT] = Refused(Reason.REJECTED)


def _acquaint(town: Town) -> None:
    """Ada is known and allows everything."""
    granted = (f"consent/granted_{channel}" for channel in OUTGOING)
    for name in ("project_profile/profile_updated", *granted):
        event = fixture(name)
        town.at(datetime.fromisoformat(event["detail"]["timestamp"]), event)


def no_code_is_burnt(town: Town) -> None:
    """As many codes are gone as people have seen one, and nobody has seen two, or one that is not theirs."""
    leases = [lease for ledger in town.rows(Kind.LEDGER) for lease in ledger.leases.values()]
    assert sum(drawer.given for drawer in town.rows(Kind.DRAWER)) == len(leases)
    assert len(leases) == any(run.handed_off for run in town.runs())
    codes = {lease.promise.code for lease in leases}
    shown = [message for message in town.messages() if message.status not in LOST]
    assert all(message.offered and any(code in message.content.body for code in codes) for message in shown)


def leaves(town: Town) -> None:
    """Ada turns to go, and the event comes twice."""
    for _ in range(2):
        town.at(NOON, fixture("exit_intent/start"))


def visitor_answers(town: Town) -> None:
    """Ada turns to go, comes back, and says on the page what keeps her."""
    leaves(town)
    for minutes in (40, 60):  # the second time there is nothing left, unless the facts lagged behind
        came_at = NOON + timedelta(minutes=minutes)
        town.at(came_at, lambda town: town.visit("ada", "shown", "answered", answer="price"))


def was_asked_once(town: Town) -> None:
    """One message was shown, however often it was fetched, and is counted once; a stated silence shows none."""
    shown = [each for each in town.messages() if each.handed_off_at]
    assert len(shown) <= 1
    assert len({json.dumps(each, sort_keys=True) for each in town.shown}) == len(shown)
    assert all(each.status is MessageStatus.CLICKED for each in shown)
    entries = [entry for ledger in town.rows(Kind.LEDGER) for entry in ledger.entries]
    assert [entry.unseen for entry in entries] == [False] * len(shown)


def guest_logs_in(town: Town) -> None:
    """A guest turns to go, logs in instead, and as Ada is asked on the page."""
    for _ in range(2):
        town.at(NOON, fixture("exit_intent/start_anonymous"))
    linked = fixture("person/identity_linked")
    linked["detail"] |= {
        "user_id": "ada",
        "anonymous_id": COOKIE,
        "timestamp": (NOON + timedelta(minutes=1)).isoformat(),
    }
    linked["detail"]["properties"] = {}
    town.at(NOON + timedelta(minutes=1), linked)
    for minutes in (40, 60):
        town.at(NOON + timedelta(minutes=minutes), lambda town: town.visit("ada", "shown", "answered", answer="price"))


def was_asked_as_ada(town: Town) -> None:
    """The guest's run ended as merged, and Ada's showed the one message, unless facts lagged behind both visits."""
    found = {run.person: (run.outcome, run.reason) for run in town.runs()}
    assert found.pop(ANONYMOUS)[1] is Reason.MERGED
    was_asked_once(town)
    shown = [each.person for each in town.messages() if each.handed_off_at]
    if town.gremlin.struck and not shown:
        assert list(found.values()) == [(Outcome.SKIPPED, Reason.NO_VISIT)]
    else:
        assert ([outcome for outcome, _ in found.values()], shown) == ([Outcome.SENT], ["ada"])


def nobody_comes_back(town: Town) -> None:
    """Ada turns to go, and stays away."""
    leaves(town)


def coupon_is_prolonged(town: Town) -> None:
    """Ada gets a coupon; soon it is prolonged by two days, and what was said first is heard again after that."""
    introduce_only(town)
    first, later = fixture("time_alert/start"), fixture("time_alert/start_prolonged")
    for at, event in ((NOON, first), (NOON + timedelta(minutes=1), later), (NOON + timedelta(minutes=3), first)):
        town.at(at, event)


def told_before_its_end(town: Town) -> None:
    """Nothing goes out by the end that no longer holds."""
    ends_at = datetime.fromisoformat(fixture("time_alert/start_prolonged")["detail"]["properties"]["ends_at"])
    for each in town.messages():
        assert ends_at - timedelta(days=1) <= each.claimed_at < ends_at


def introduce_only(town: Town, **traits: str) -> None:
    """Ada is known and may be messaged."""
    granted = (f"consent/granted_{channel}" for channel in OUTGOING)
    for name in ("project_profile/profile_updated", *granted):
        event = fixture(name)
        event["detail"]["properties"] |= traits if name == "project_profile/profile_updated" else {}
        town.at(datetime.fromisoformat(event["detail"]["timestamp"]), event)


ALL = ("push", "email", "sms", "whatsapp")
FINISHED = Reason.LADDER_FINISHED
WELCOME, PAGE, ALERT = ("first_purchase_offer",), ("exit_intent",), ("time_alert",)
STORIES: Mapping[str, Story] = {
    "nobody reacts": Story(nobody_reacts, Outcome.SENT, FINISHED, ALL),
    "nobody reacts, transactional": Story(nobody_reacts, Outcome.SENT, FINISHED, ALL, transactional=True),
    "mail is opened": Story(mail_is_opened, Outcome.SENT, Reason.ENGAGED, ALL[:2]),
    "mail bounces": Story(mail_bounces, Outcome.SENT, FINISHED, ALL),
    "device is gone": Story(device_is_gone, Outcome.SENT, FINISHED, ALL[1:]),
    "cart is bought": Story(cart_is_bought, Outcome.SKIPPED, Reason.UNLESS_MET, ()),
    "somebody opts out": Story(somebody_opts_out, Outcome.SENT, FINISHED, ("push", "sms", "whatsapp")),
    "somebody stops it all": Story(somebody_stops_it_all, Outcome.SENT, FINISHED, ALL),
    "somebody stops the channel": Story(somebody_stops_the_channel, Outcome.SENT, FINISHED, ALL[1:]),
    "somebody is welcomed": Story(
        somebody_is_welcomed, Outcome.SENT, FINISHED, ("email", "push"), ends_well=no_code_is_burnt, triggers=WELCOME
    ),
    "nobody is welcomed": Story(
        nobody_is_welcomed, Outcome.FAILED, Reason.ALL_FAILED, (), ends_well=no_code_is_burnt, triggers=WELCOME
    ),
    "somebody writes stop": Story(somebody_writes_stop, None, None, ()),
    "somebody asks for mail": Story(somebody_asks_for_mail, Outcome.SENT, FINISHED, ("email",), transactional=True),
    "two ids are one": Story(two_ids_are_one, None, None, ALL, runs=2, ends_well=went_on),
    "somebody is erased": Story(somebody_is_erased, None, None, ALL[:1], runs=0, ends_well=forgotten),
    "visitor answers": Story(
        visitor_answers, Outcome.SENT, FINISHED, (), ends_well=was_asked_once, triggers=("exit_intent",)
    ),
    "guest logs in": Story(
        guest_logs_in, None, None, (), runs=2, ends_well=was_asked_as_ada, triggers=("exit_intent",)
    ),
    "nobody comes back": Story(
        nobody_comes_back, Outcome.SKIPPED, Reason.NO_VISIT, (), ends_well=was_asked_once, triggers=("exit_intent",)
    ),
    "coupon is prolonged": Story(
        coupon_is_prolonged,
        Outcome.SENT,
        FINISHED,
        ("push", "email"),
        ends_well=told_before_its_end,
        triggers=("time_alert",),
    ),
    "somebody is told of a sale": Story(
        partial(a_sale_begins, people=1),
        Outcome.SENT,
        FINISHED,
        ALL[:2],
        ends_well=everybody_was_asked,
        triggers=("flash_sale",),
    ),
    "an hour comes": Story(
        an_hour_comes, Outcome.SENT, FINISHED, ALL[:2], ends_well=was_asked_at_that_hour, triggers=("seller_recap",)
    ),
    "a price falls": Story(a_price_falls, Outcome.SENT, FINISHED, ALL[:2], triggers=("price_drop",)),
    "a sale begins": Story(
        a_sale_begins, None, None, ("push", "email"), runs=6, ends_well=everybody_was_asked, triggers=("flash_sale",)
    ),
    "provider is down": Story(provider_is_down, None, None, ("push", "email"), runs=8),
}
