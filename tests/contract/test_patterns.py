"""The template's rules on a bus: sample events reach the queues they should, and no others."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from nudgekit.adapters.eventbridge import EventBus
from nudgekit.model.catalogue import CATALOGUE_EVENTS
from nudgekit.model.popularity import WEIGHTS
from nudgekit.runs.followers import FOLLOW_EVENTS
from tests.functional.deployment import REGION, Deployment, fixture
from tests.template.checks import of_type


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with mock_aws():
        found = Deployment()
        found.put_rules()
        yield found


def arrivals(deployment: Deployment, event: dict[str, Any], bus: str = "EventBus") -> set[str]:
    """The queues that the event reached."""
    for name in deployment.queues:
        deployment.take(name)
    EventBus(boto3.client("events", region_name=REGION), bus).publish([event])
    return {name for name in deployment.queues if deployment.take(name)}


@pytest.mark.parametrize("name", ["start", "start_checkout", "message_opened"])
def test_start_events_and_news_reach_the_trigger_and_the_profile(deployment: Deployment, name: str) -> None:
    event = fixture(f"cart_abandonment/{name}")
    queues = {"CartAbandonmentQueue", "ProjectProfileQueue"}
    added = {"ProjectCatalogueQueue", "ExitIntentQueue"} if event["detail-type"] == "Product Added" else set()
    assert arrivals(deployment, event) == queues | added


@pytest.mark.parametrize("name", ["message_sent", "message_failed"])
def test_news_that_says_nothing_about_the_person_reaches_the_trigger_alone(deployment: Deployment, name: str) -> None:
    assert arrivals(deployment, fixture(f"cart_abandonment/{name}")) == {"CartAbandonmentQueue"}


def test_all_other_events_reach_the_profile_alone(deployment: Deployment) -> None:
    assert arrivals(deployment, fixture("project_profile/profile_updated")) == {"ProjectProfileQueue"}


def test_products_reach_the_catalogue_alone(deployment: Deployment) -> None:
    assert arrivals(deployment, fixture("project_catalogue/product_updated")) == {"ProjectCatalogueQueue"}


@pytest.mark.parametrize("name", ["product_viewed", "wished", "wished_no_longer", "listing_sold", "left_for_the_price"])
def test_what_people_show_an_interest_in_reaches_the_catalogue_too(deployment: Deployment, name: str) -> None:
    queues = {"ProjectProfileQueue", "ProjectCatalogueQueue"}
    assert arrivals(deployment, fixture(f"project_catalogue/{name}")) >= queues


def test_the_catalogue_hears_of_everything_that_it_folds(deployment: Deployment) -> None:
    (rule,) = (rule for name, rule in _rules(deployment).items() if name == "ProjectCatalogueRule")
    assert set(rule["EventPattern"]["detail-type"]) == {*CATALOGUE_EVENTS, *FOLLOW_EVENTS, *WEIGHTS}


def _rules(deployment: Deployment) -> dict[str, Any]:
    return dict(of_type(deployment.template, "AWS::Events::Rule"))


@pytest.mark.parametrize("name", ["granted_sms", "denied_sms"])
def test_what_people_allow_and_refuse_has_a_queue_of_its_own(deployment: Deployment, name: str) -> None:
    assert arrivals(deployment, fixture(f"consent/{name}")) == {"ConsentQueue"}


def test_news_of_another_trigger_stays_with_the_profile(deployment: Deployment) -> None:
    event = fixture("cart_abandonment/message_opened")
    event["detail"]["trigger"] = "another"
    assert arrivals(deployment, event) == {"ProjectProfileQueue"}


def test_news_that_somebody_else_claims_to_have_stays_with_the_profile(deployment: Deployment) -> None:
    event = {**fixture("cart_abandonment/message_opened"), "source": "shop.web"}
    assert arrivals(deployment, event) == {"ProjectProfileQueue"}


@pytest.mark.parametrize("name", ["ses_delivery", "ses_bounce_permanent", "ses_complaint", "ses_open", "ses_click"])
def test_mail_events_of_this_stack_reach_the_feedback(deployment: Deployment, name: str) -> None:
    event = fixture(f"delivery_feedback/{name}")
    event["detail"]["mail"]["tags"]["ses:configuration-set"] = ["EmailConfigurationSet"]
    assert arrivals(deployment, event, "default") == {"DeliveryFeedbackQueue"}


def test_mail_events_of_another_stack_reach_nobody(deployment: Deployment) -> None:
    event = fixture("delivery_feedback/ses_delivery")
    event["detail"]["mail"]["tags"]["ses:configuration-set"] = ["somebody-elses"]
    assert arrivals(deployment, event, "default") == set()


@pytest.mark.parametrize("name", ["sms_delivered", "sms_blocked", "sms_pending"])
def test_text_message_events_reach_the_feedback(deployment: Deployment, name: str) -> None:
    assert arrivals(deployment, fixture(f"delivery_feedback/{name}"), "default") == {"DeliveryFeedbackQueue"}


def test_other_services_events_reach_nobody(deployment: Deployment) -> None:
    event = {"source": "aws.ec2", "detail-type": "EC2 Instance State-change Notification", "detail": {}}
    assert arrivals(deployment, event, "default") == set()


def test_what_arrives_is_the_event_as_the_functions_read_it(deployment: Deployment) -> None:
    arrivals(deployment, fixture("cart_abandonment/start"))
    EventBus(boto3.client("events", region_name=REGION), "EventBus").publish([fixture("cart_abandonment/start")])
    (arrived,) = deployment.take("CartAbandonmentQueue")
    found = json.loads(arrived["body"])
    assert found["detail-type"] == "Product Added"
    assert found["detail"] == fixture("cart_abandonment/start")["detail"]
