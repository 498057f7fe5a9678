"""What becomes of a person's runs that waited for the same hour, of late messages, and of places given back."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

from nudgekit import Cap, QuietHours, days, hours, minutes
from nudgekit.decide.release import share_of
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.decision import Decision
from nudgekit.model.ledger import MAX_WAITING, Entry, Ledger, Waiting
from nudgekit.model.message import MessageStatus
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from nudgekit.runs.documents import Kind, Put, Ref
from nudgekit.runs.operation import resume, stop
from nudgekit.runs.places import in_line
from nudgekit.runs.ports import MessageRef, Refused, WakeUp
from nudgekit.runs.signals import news_event, read_signal
from tests.builders import NOON, make_case, ordered
from tests.shop import Shop

NIGHT = datetime(2026, 6, 10, 21, 0, tzinfo=UTC)
"""Ten in the evening in London."""

MORNING = datetime(2026, 6, 11, 7, 0, tzinfo=UTC)


def evening(**policy: object) -> Shop:
    """Somebody with a cart and two looks, all of which are due in the night; caps would let all of them out."""
    shop = Shop(NIGHT, **{"caps": (), "after_quiet_hours": "best", **policy})
    shop.know(channels=("push",))
    shop.look(NIGHT, "vase")
    shop.fill(NIGHT + minutes(5))
    shop.look(NIGHT + minutes(10), "lamp")
    shop.turn_to(NIGHT + hours(2))
    assert [reason for _, reason in shop.said("waited")] == 3 * [Reason.QUIET_HOURS]
    return shop


def test_a_collapsed_run_that_has_to_wait_once_more_stays_collapsed() -> None:
    """As when everything is stopped in the moment in which the morning begins."""
    run, channels = make_case().run, (Channel.PUSH,)
    waiting = Waiting(
        run.trigger, run.key, run.occurrence, 80, "promotional", channels,
        to_ms(NOON), to_ms(run.expires_at), Reason.QUIET_HOURS, to_ms(NOON), collapsed=True,
    )  # fmt: skip
    ledger = Ledger(waiting={run.id: waiting})
    stopped = Decision("wait", NOON, run.trigger, 1, "", run.key, run.occurrence, reason=Reason.STOPPED, until=MORNING)
    assert in_line(ledger, make_case(ledger=ledger), stopped).waiting == ledger.waiting


def test_d16_of_a_nights_backlog_the_best_goes_out_and_ends_the_others() -> None:
    for turned in (False, True):
        shop = evening()
        shop.order = lambda due, turned=turned: due[::-1] if turned else due  # type: ignore[misc]
        shop.turn_to(MORNING + hours(1))
        assert shop.sends() == [("cart", MORNING)]
        runs = shop.runs()
        assert runs["browse", "vase"].reason is Reason.COLLAPSED
        assert runs["browse", "lamp"].reason is Reason.COLLAPSED
        assert {each.outcome for key, each in runs.items() if key[0] == "browse"} == {Outcome.SKIPPED}
        assert shop.ledger().waiting == {}


def test_when_the_best_ends_in_silence_the_next_best_goes_out() -> None:
    shop = evening()
    shop.tell(ordered(NIGHT + hours(3), cart_id="c1", product_id="mug"))
    shop.turn_to(MORNING + hours(1))
    assert [trigger for trigger, _ in shop.sends()] == ["browse"]
    assert shop.runs()["browse", "lamp"].reason is Reason.COLLAPSED
    assert shop.runs()["browse", "vase"].outcome is None


def test_a_shop_that_wants_all_of_them_gets_all_of_them() -> None:
    shop = evening(after_quiet_hours="all")
    shop.turn_to(MORNING + hours(1))
    assert len(shop.sends()) == 3


def test_a_backlog_is_spread_by_person_and_all_runs_of_one_meet() -> None:
    moments = {}
    for person in ("u1", "u2", "u3", "u4"):
        shop = Shop(NIGHT, caps=(), spread=minutes(30), after_quiet_hours="all")
        shop.know(person, channels=("push",))
        shop.look(NIGHT, "vase", person)
        shop.fill(NIGHT + minutes(5), "c1", person)
        shop.turn_to(MORNING + hours(1))
        first, second = (at for _, at in shop.sends())
        assert first == second == MORNING + timedelta(seconds=int(1800 * share_of("spread", person)))
        moments[person] = first
    assert len(set(moments.values())) == 4


def test_the_spread_never_outlasts_the_run() -> None:
    shop = Shop(NIGHT, caps=(), spread=hours(2))
    shop.know(channels=("push",))
    shop.look(NIGHT, "vase")
    shop.turn_to(NIGHT + hours(1))
    (run,) = shop.runs().values()
    assert MORNING <= run.due_at < run.expires_at


def test_the_spread_never_outlasts_the_hours_it_waits_for() -> None:
    """A spread of two hours behind an opening of ten minutes would wake most people at night, each day anew."""
    ten_minutes = (QuietHours("push", time(8, 10), time(8)),)
    for person in ("u1", "u2", "u3", "u4"):
        shop = Shop(NIGHT, caps=(), spread=hours(2), quiet_hours=ten_minutes)
        shop.know(person, channels=("push",))
        shop.look(NIGHT, "vase", person)
        shop.turn_to(MORNING + hours(1))
        ((_, at),) = shop.sends()
        assert at == MORNING + timedelta(seconds=int(600 * share_of("spread", person)))


def test_gates_are_asked_again_at_the_release() -> None:
    shop = evening()
    shop.tell(ordered(NIGHT + hours(3), product_id="vase"))
    shop.turn_to(MORNING + hours(1))
    assert shop.runs()["browse", "vase"].reason is Reason.UNLESS_MET


def test_a_lost_message_gives_its_place_back_to_its_own_ladder() -> None:
    shop = Shop(NOON)
    shop.know()
    shop.providers[Channel.PUSH].answers["device-u1"] = Refused(Reason.REJECTED)
    shop.fill(NOON)
    shop.turn(hours=1)
    assert [(message.channel) for provider in shop.providers.values() for message, _ in provider.sent] == ["email"]
    assert len(shop.ledger().entries) == 1


def test_a_run_that_reached_nobody_has_not_asked() -> None:
    shop = Shop(NOON)
    shop.know(channels=("push",))
    shop.providers[Channel.PUSH].answers["device-u1"] = Refused(Reason.REJECTED)
    shop.fill(NOON)
    shop.turn(hours=1)
    assert shop.ledger().asked == {}
    assert shop.ledger().entries == ()


def test_a_message_that_is_handed_off_late_counts_from_then_on() -> None:
    shop = Shop(NOON)
    shop.know()
    shop.fill(NOON)
    (wake_up,) = due(shop, NOON + minutes(30))
    shop.conductors["cart"].conduct(wake_up, shop.conductors["cart"].read([wake_up]), shop.now)
    shop.now = NOON + hours(3)
    shop.settle()
    assert [entry.at for entry in shop.ledger().entries] == [to_ms(NOON + hours(3))]
    assert len(shop.sends()) == 1


def test_a_message_that_comes_late_to_a_full_cap_is_withheld_and_waits_for_room() -> None:
    shop = Shop(NOON, caps=(Cap("promotional", 1, hours(2)),))
    shop.know()
    shop.fill(NOON)
    (wake_up,) = due(shop, NOON + minutes(30))
    shop.conductors["cart"].conduct(wake_up, shop.conductors["cart"].read([wake_up]), shop.now)
    shop.now = NOON + hours(3)
    stored = shop.store.get(next(ref for ref in shop.store.rows if ref.kind == "ledger"))
    other = Entry(to_ms(NOON + hours(2)), "m-other", "newsletter", Channel.EMAIL, "promotional")
    shop.store.commit([Put(Ref(Kind.LEDGER, "u1"), stored.value.claimed(other, "newsletter|x|1"), stored.version)])
    shop.settle()
    assert ("cart", Reason.CAPPED) in shop.said("withheld")
    shop.turn(days=1)
    assert shop.sends()[0] == ("cart", NOON + hours(4))


def test_a_capped_run_whose_room_comes_too_late_ends_capped() -> None:
    shop = Shop(NOON, caps=(Cap("promotional", 1, days(7)),))
    shop.know()
    shop.fill(NOON, "c1")
    shop.fill(NOON, "c2")
    shop.turn(days=5)
    assert len(shop.sends()) == 1
    assert Reason.CAPPED in {run.reason for run in shop.runs().values()}


def test_a_backlog_longer_than_the_line_sends_one_message_all_the_same() -> None:
    shop = Shop(NIGHT, caps=(), after_quiet_hours="best", spread=minutes(15))
    shop.know(channels=("push",))
    for number in range(MAX_WAITING + 10):
        shop.look(NIGHT + timedelta(seconds=number), f"p{number}")
    shop.turn_to(MORNING + hours(1))
    assert len(shop.sends()) == 1
    shop.turn(days=4)
    assert Counter(run.reason for run in shop.runs().values()) == {
        Reason.COLLAPSED: MAX_WAITING + 9,
        Reason.LADDER_FINISHED: 1,
    }


def test_a_morning_on_which_facts_lag_or_somebody_stops_all_does_not_let_a_backlog_out() -> None:
    for trouble in ("facts", "all", "trigger:browse"):
        shop = evening(freshness=minutes(5))
        shop.turn_to(MORNING - minutes(10))
        if trouble == "facts":
            shop.facts_stand_still_since = shop.now
        else:
            stop(shop.store, trouble, "ops", "wrong price", shop.now)
        shop.turn_to(MORNING + minutes(20))
        shop.facts_stand_still_since = None
        shop.catch_up()
        resume(shop.store, trouble)
        shop.turn_to(MORNING + hours(4))
        assert [trigger for trigger, _ in shop.sends()] == ["cart"], trouble
        runs = shop.runs()
        assert {runs["browse", "vase"].reason, runs["browse", "lamp"].reason} == {Reason.COLLAPSED}, trouble


def test_whoever_begins_anew_in_the_morning_belongs_to_no_nights_backlog() -> None:
    shop = evening()
    shop.look(MORNING - minutes(5), "vase")
    shop.turn_to(MORNING + hours(2))
    assert [trigger for trigger, _ in shop.sends()] == ["cart", "browse"]


def test_a_message_withheld_once_its_run_is_over_gives_its_place_back() -> None:
    shop = Shop(NOON, caps=())
    shop.know()
    shop.fill(NOON)
    shop.turn_to(NOON + minutes(31))
    (push,) = shop.messages()
    deliver, on_its_way = shop.deliver, list[MessageRef]()
    shop.deliver = on_its_way.append  # type: ignore[assignment, method-assign]
    shop.turn_to(NOON + hours(3))
    assert len(shop.ledger().entries) == 2
    shop.signal(read_signal(news_event(push, MessageStatus.OPENED, shop.now), shop.now))  # while the mail is queued
    shop.deliver = deliver  # type: ignore[method-assign]
    for ref in on_its_way:
        shop.outbox.enqueue(ref)
    shop.settle()
    assert ("cart", Reason.ENGAGED) in shop.said("withheld")
    assert [entry.message for entry in shop.ledger().entries] == [push.id]
    assert shop.ledger().asked["cart"].at == shop.ledger().entries[0].at


def test_mail_that_bounces_when_its_run_is_over_gives_its_place_back_and_once() -> None:
    shop = Shop(NOON)
    shop.know(channels=("email",))
    shop.fill(NOON)
    shop.turn_to(NOON + hours(4))
    (mail,) = shop.messages()
    assert shop.runs()["cart", "c1"].reason is Reason.LADDER_FINISHED
    bounced = read_signal(news_event(mail, MessageStatus.FAILED, shop.now, Reason.BOUNCED), shop.now)
    for _ in range(2):
        shop.signal(bounced)
        assert (shop.ledger().entries, shop.ledger().asked) == ((), {})
    run = shop.runs()["cart", "c1"]
    assert (run.outcome, [attempt.reason for attempt in run.attempts]) == (Outcome.SENT, [Reason.BOUNCED])
    before = shop.store.get(Ref(Kind.LEDGER, "u1")).version
    shop.signal(bounced)
    assert shop.store.get(Ref(Kind.LEDGER, "u1")).version == before


def test_what_was_done_before_a_mail_that_bounced_brings_the_run_to_no_new_life() -> None:
    shop = Shop(NOON)
    shop.know(channels=("email",))
    shop.fill(NOON)
    shop.fill(NOON + minutes(10))
    shop.turn_to(NOON + hours(4))
    (mail,) = shop.messages()
    shop.signal(read_signal(news_event(mail, MessageStatus.FAILED, shop.now, Reason.BOUNCED), shop.now))
    shop.fill(NOON + minutes(10))
    assert shop.runs()["cart", "c1"].reason is Reason.LADDER_FINISHED
    shop.turn(days=1)
    assert [each.id for each in shop.messages()] == [mail.id]


def due(shop: Shop, moment: datetime) -> list[WakeUp]:
    """Takes the wake-ups out that are due at `moment`, which it becomes."""
    shop.now = moment
    return shop.timer.due(moment)
