"""What Amazon Personalize is asked, checked against botocore's own model; whatever it answers, a decision goes on."""

from collections.abc import Sequence
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.session import get_session
from botocore.stub import Stubber

from nudgekit.adapters import clients
from nudgekit.adapters.personalize import MOST_RESULTS, PersonalizeRecommender
from nudgekit.decide.picking import Ask

CAMPAIGN = "arn:aws:personalize:eu-west-1:123456789012:campaign/for-you"
ALIKE = "arn:aws:personalize:eu-west-1:123456789012:campaign/alike"
DOMAIN = "arn:aws:personalize:eu-west-1:123456789012:recommender/picked"
FOR_YOU = Ask("ada", "for_you", "", 7, 20000, ("mug",), frozenset({"mug", "jug"}), 12)
SIMILAR = FOR_YOU._replace(strategy="similar")
SOLD = FOR_YOU._replace(strategy="bestsellers", of="all", seeds=())


class Rows:
    """The recommender that is asked when Personalize does not answer."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []

    def recommend(self, asks: Sequence[Ask]) -> Sequence[tuple[str, ...]]:
        self.asked += asks
        return [("from-the-catalogue",) for _ in asks]


class Desk:
    """A recommender on a stubbed service."""

    def __init__(self, **arns: str) -> None:
        self.client = boto3.client("personalize-runtime", region_name="eu-west-1")
        self.stub = Stubber(self.client)
        self.rows, self.told = Rows(), list[str]()
        self.recommender = PersonalizeRecommender(
            self.client,
            arns or {"for_you": CAMPAIGN},  # type: ignore[arg-type]
            self.rows,
            self.told.append,
        )

    def answers(self, *items: str, **request: Any) -> None:
        self.stub.add_response("get_recommendations", {"itemList": [{"itemId": each} for each in items]}, request)

    def ask(self, *asks: Ask) -> Sequence[tuple[str, ...]]:
        with self.stub:
            found = self.recommender.recommend(asks)
        self.stub.assert_no_pending_responses()
        return found


def test_a_campaign_is_asked_for_the_person_and_for_what_will_be_left_out() -> None:
    desk = Desk()
    desk.answers("jug", "bowl", "bowl", "plate", campaignArn=CAMPAIGN, userId="ada", numResults=14)
    assert desk.ask(FOR_YOU) == [("bowl", "plate")]
    assert (desk.rows.asked, desk.told) == ([], [])


def test_a_recommender_of_a_domain_has_a_field_of_its_own() -> None:
    desk = Desk(for_you=DOMAIN)
    desk.answers("bowl", recommenderArn=DOMAIN, userId="ada", numResults=14)
    assert desk.ask(FOR_YOU) == [("bowl",)]


def test_what_starts_from_a_product_names_the_product_and_not_the_person() -> None:
    desk = Desk(similar=ALIKE)
    desk.answers("bowl", campaignArn=ALIKE, itemId="mug", numResults=14)
    assert desk.ask(SIMILAR, SIMILAR._replace(seeds=())) == [("bowl",), ("from-the-catalogue",)]


def test_other_strategies_and_empty_answers_are_left_to_the_catalogue_in_the_order_asked() -> None:
    desk = Desk()
    desk.answers("jug", campaignArn=CAMPAIGN, userId="ada", numResults=14)
    assert desk.ask(SOLD, FOR_YOU) == [("from-the-catalogue",), ("from-the-catalogue",)]
    assert desk.rows.asked == [SOLD, FOR_YOU]


def test_the_model_bounds_the_number_of_results() -> None:
    everything = frozenset(f"p{number}" for number in range(1000))
    desk = Desk()
    desk.answers("bowl", campaignArn=CAMPAIGN, userId="ada", numResults=MOST_RESULTS)
    assert desk.ask(FOR_YOU._replace(exclude=everything)) == [("bowl",)]
    shape: Any = (
        get_session().get_service_model("personalize-runtime").operation_model("GetRecommendations").input_shape
    )
    assert {"campaignArn", "recommenderArn", "userId", "itemId", "numResults"} <= set(shape.members)


def codes() -> list[str]:
    """Every error of the operation in botocore's model, and one that is in none."""
    operation = get_session().get_service_model("personalize-runtime").operation_model("GetRecommendations")
    return sorted({*(shape.name for shape in operation.error_shapes), "ThrottlingException"})


@pytest.mark.parametrize("code", codes())
def test_a_refusal_is_told_and_the_catalogue_answers_for_the_rest_of_the_batch(code: str) -> None:
    desk = Desk()
    desk.stub.add_client_error("get_recommendations", code)  # one call: the second ask must not wait again
    bob = FOR_YOU._replace(person="bob")
    assert desk.ask(FOR_YOU, bob) == [("from-the-catalogue",), ("from-the-catalogue",)]
    assert desk.told == [code]


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url="https://personalize.example"),
        ReadTimeoutError(endpoint_url="https://personalize.example"),
        EndpointConnectionError(endpoint_url="https://personalize.example"),
        RuntimeError("ada"),
    ],
)
def test_no_answer_at_all_is_told_by_its_kind_alone(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()

    def fail(**_: Any) -> Any:
        raise error

    monkeypatch.setattr(desk.client, "get_recommendations", fail)
    assert desk.recommender.recommend([FOR_YOU]) == [("from-the-catalogue",)]
    assert desk.told == [type(error).__name__]


def test_it_is_asked_once_and_not_for_long() -> None:
    config: Any = clients.hasty()
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert config.connect_timeout + config.read_timeout <= 2
