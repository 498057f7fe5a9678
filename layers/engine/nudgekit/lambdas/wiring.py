"""Puts AWS behind the ports: the one place that builds adapters, each when first needed and once a process."""

from datetime import timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nudgekit.adapters import clients
from nudgekit.adapters.clock import VARIABLE, Clock
from nudgekit.errors import RuleError, SettingsError
from nudgekit.lambdas.settings import optional, required
from nudgekit.model.base import OUTGOING, Channel
from nudgekit.runs.ports import (
    Alarms,
    Bus,
    Cohorts,
    Outbox,
    OwnQueue,
    People,
    Ports,
    Provider,
    Recommender,
    Store,
    Timer,
)

if TYPE_CHECKING:
    from nudgekit.adapters.dynamodb import DynamoStore
    from nudgekit.adapters.sqs import DeadLetters
    from nudgekit.content.links import Linker
    from nudgekit.language.policy import Policy
    from nudgekit.language.trigger import Trigger
    from nudgekit.runs.conduct import Conductor
    from nudgekit.runs.erase import Eraser
    from nudgekit.runs.hand_off import HandOff
    from nudgekit.runs.onsite import Page
    from nudgekit.runs.rulebook import Rulebook
    from nudgekit.runs.suppression import Suppression

LEASE: Final = timedelta(seconds=60)
"""How long a hand-off may take on the wall: longer than the function's timeout, shorter than its queue hides it."""


@cache
def clock() -> Clock:
    """The clock that the functions read."""
    return Clock.parse(optional(VARIABLE), optional("NUDGEKIT_STAGE"))


@cache
def store() -> Store:
    """Where documents are kept."""
    return people()


@cache
def people() -> People:
    """Where documents are kept, for who must find everything about a person."""
    return _dynamo_store()


@cache
def _dynamo_store() -> "DynamoStore":
    from nudgekit.adapters.dynamodb import DynamoStore  # noqa: PLC0415
    from nudgekit.adapters.item_keys import Tables  # noqa: PLC0415

    tables = Tables(required("PROFILES_TABLE"), required("ENGAGEMENT_TABLE"), required("CATALOGUE_TABLE"))
    return DynamoStore(clients.dynamodb(), tables, clock())


@cache
def cohorts() -> Cohorts:
    """Finds people in bulk."""
    return _dynamo_store()


@cache
def timer() -> Timer:
    """What wakes runs."""
    from nudgekit.adapters.scheduler import SchedulerTimer, Target  # noqa: PLC0415
    from nudgekit.adapters.timer import NearAndFar  # noqa: PLC0415

    target = Target(
        queue_arn=required("WAKE_UP_QUEUE_ARN"),
        role_arn=required("SCHEDULER_ROLE_ARN"),
        dead_letter_arn=required("SCHEDULE_DLQ_ARN"),
        group=required("SCHEDULE_GROUP"),
        key_arn=optional("SCHEDULE_KEY_ARN"),
    )
    return NearAndFar(own_queue(), SchedulerTimer(clients.scheduler(), target, clock()), clock())


@cache
def alarms() -> Alarms:
    """Wake-ups that were asked for, by any trigger."""
    from nudgekit.adapters.scheduler import SchedulerTimer, Target  # noqa: PLC0415

    return SchedulerTimer(clients.scheduler(), Target("", "", "", required("SCHEDULE_GROUP")), clock())


@cache
def trigger_ids() -> tuple[str, ...]:
    """The ids of all triggers."""
    from nudgekit.book import load_book  # noqa: PLC0415

    return load_book(_rules_folder()).ids


def trigger_of(trigger_id: str, version: int) -> "Trigger | None":
    """A trigger in a version; None when the rules know it no longer."""
    try:
        return rulebook(trigger_id).book.trigger(trigger_id, version)
    except RuleError:
        return None


@cache
def eraser() -> "Eraser":
    """Erases people."""
    from nudgekit.runs.erase import Eraser  # noqa: PLC0415

    return Eraser(people(), alarms(), trigger_of, suppression(), trigger_ids())


@cache
def outbox() -> Outbox:
    """The queues of the channels."""
    from nudgekit.adapters.sqs import QueueOutbox  # noqa: PLC0415

    urls = {channel: required(f"{channel.name}_QUEUE_URL") for channel in OUTGOING}
    return QueueOutbox(clients.sqs(), urls)


@cache
def own_queue() -> OwnQueue:
    """The trigger's own queue."""
    from nudgekit.adapters.sqs import SqsOwnQueue  # noqa: PLC0415

    return SqsOwnQueue(clients.sqs(), required("OWN_QUEUE_URL"), clock())


@cache
def bus() -> Bus:
    """The event bus."""
    from nudgekit.adapters.eventbridge import EventBus  # noqa: PLC0415

    return EventBus(clients.events(), required("EVENT_BUS"))


@cache
def secret(name: str) -> bytes:
    """The secret whose ARN the variable `name` gives, read once a process."""
    from nudgekit.adapters.secrets import Secrets  # noqa: PLC0415

    return Secrets(clients.secrets()).read(required(name))


@cache
def suppression() -> "Suppression":
    """Knows erased people and addresses again."""
    from nudgekit.runs.suppression import Suppression  # noqa: PLC0415

    return Suppression(secret("SUPPRESSION_KEY_ARN"))


@cache
def dead_letters() -> "DeadLetters":
    """The function's own dead-letter queue."""
    from nudgekit.adapters.sqs import DeadLetters  # noqa: PLC0415

    return DeadLetters(clients.sqs(), required("DEAD_LETTER_QUEUE_URL"))


@cache
def rulebook(trigger_id: str) -> "Rulebook":
    """One trigger's rules, from the package `rules`: the rules layer on AWS, the folder of that name elsewhere."""
    from nudgekit.book import load_book  # noqa: PLC0415
    from nudgekit.runs.rulebook import Rulebook  # noqa: PLC0415

    return Rulebook(
        load_book(_rules_folder()), trigger_id, linker, clock().hurry, code_key=lambda: secret("OFFER_KEY_ARN")
    )


@cache
def policy() -> "Policy":
    """The shop's policy alone."""
    from nudgekit.book import load_book  # noqa: PLC0415

    return load_book(_rules_folder()).policy


@cache
def linker() -> "Linker":
    """Makes the links in messages."""
    from nudgekit.content.links import Linker  # noqa: PLC0415

    return Linker(secret("LINK_KEY_ARN"), required("LINKS_URL"))


def _rules_folder() -> Path:
    found = find_spec("rules")
    if found is None or not found.submodule_search_locations:
        raise SettingsError("the rules cannot be found", "rules", "deploy the rules layer, or run from the repository")
    return Path(next(iter(found.submodule_search_locations)))


@cache
def conductor(trigger_id: str) -> "Conductor":
    """Conducts the runs of one trigger."""
    from nudgekit.runs.conduct import Conductor  # noqa: PLC0415
    from nudgekit.runs.overdue import PATIENCE  # noqa: PLC0415

    ports = Ports(store(), timer(), outbox(), cohorts(), own_queue(), recommender(trigger_id))
    return Conductor(rulebook(trigger_id), ports, clock().hurry(PATIENCE), suppression())


def recommender(trigger_id: str) -> Recommender | None:
    """Who says which products go with what; None: the catalogue alone does."""
    arn = optional("PERSONALIZE_ARN")
    if not arn or rulebook(trigger_id).trigger.picks is None:
        return None
    from nudgekit.adapters.personalize import PersonalizeRecommender  # noqa: PLC0415
    from nudgekit.lambdas.observability import tell  # noqa: PLC0415
    from nudgekit.runs.recommend import CatalogueRecommender  # noqa: PLC0415
    from nudgekit.runs.reports import Report  # noqa: PLC0415

    def fell_back(code: str) -> None:
        tell([Report("fell_back", trigger_id, reason=code)])

    return PersonalizeRecommender(clients.personalize(), {"for_you": arn}, CatalogueRecommender(store()), fell_back)


@cache
def hand_off(channel: Channel) -> "HandOff":
    """Hands messages of one channel to its provider."""
    from nudgekit.runs.hand_off import HandOff  # noqa: PLC0415

    return HandOff(rulebook, store(), provider(channel), clock().hurry(LEASE))


@cache
def page() -> "Page":
    """Hands messages to the shop's own page."""
    from nudgekit.runs.onsite import Page  # noqa: PLC0415

    return Page(rulebook, store())


@cache
def provider(channel: Channel) -> Provider:
    """The channel's provider."""
    return _PROVIDERS[channel]()


def _push() -> Provider:
    from nudgekit.adapters.push_sns import SnsPush  # noqa: PLC0415

    return SnsPush(clients.sns())


def _email() -> Provider:
    from nudgekit.adapters.email_ses import SesEmail  # noqa: PLC0415

    return SesEmail(clients.ses(), required("EMAIL_FROM"), optional("EMAIL_CONFIGURATION_SET"))


def _sms() -> Provider:
    from nudgekit.adapters.sms import EndUserMessagingSms  # noqa: PLC0415

    return EndUserMessagingSms(clients.sms(), optional("SMS_ORIGINATION"), optional("SMS_CONFIGURATION_SET"))


def _whatsapp() -> Provider:
    from nudgekit.adapters.whatsapp import EndUserMessagingWhatsApp  # noqa: PLC0415

    return EndUserMessagingWhatsApp(clients.whatsapp(), optional("WHATSAPP_PHONE_NUMBER_ID"))


_PROVIDERS: Final = {
    Channel.PUSH: _push,
    Channel.EMAIL: _email,
    Channel.SMS: _sms,
    Channel.WHATSAPP: _whatsapp,
}
