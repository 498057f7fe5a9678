"""The functions' clock, and what they ask, come from their settings."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from nudgekit.adapters.memory import MemoryStore
from nudgekit.adapters.personalize import PersonalizeRecommender
from nudgekit.decide.picking import Ask
from nudgekit.errors import SettingsError
from nudgekit.lambdas import wiring

SCALE = "2026-11-02T12:01:00Z@2026-11-22T10:00:00Zx60"


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    wiring.clock.cache_clear()
    yield
    wiring.clock.cache_clear()


def test_the_local_stage_may_run_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUDGEKIT_STAGE", "local")
    monkeypatch.setenv("NUDGEKIT_TIME_SCALE", SCALE)
    assert wiring.clock().to_real(datetime(2026, 11, 2, 13, 1, tzinfo=UTC)) == datetime(2026, 11, 22, 10, 1, tzinfo=UTC)
    assert wiring.clock().hurry(wiring.LEASE) == timedelta(hours=1)


@pytest.mark.parametrize("stage", ["prod", None])
def test_no_other_stage_may(monkeypatch: pytest.MonkeyPatch, stage: str | None) -> None:
    monkeypatch.setenv("NUDGEKIT_TIME_SCALE", SCALE)
    if stage is None:
        monkeypatch.delenv("NUDGEKIT_STAGE", raising=False)
    else:
        monkeypatch.setenv("NUDGEKIT_STAGE", stage)
    with pytest.raises(SettingsError, match="NUDGEKIT_TIME_SCALE"):
        wiring.clock()


def test_the_rules_are_found_from_the_repository() -> None:
    assert wiring.rulebook("cart_abandonment").trigger.id == "cart_abandonment"


ARN = "arn:aws:personalize:eu-west-1:123456789012:campaign/for-you"


class Down:
    """A service that does not answer."""

    def get_recommendations(self, **_: Any) -> Any:
        raise ConnectTimeoutError(endpoint_url="https://personalize.example")


def test_a_campaign_is_asked_where_one_is_set_and_the_rule_recommends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERSONALIZE_ARN", raising=False)
    assert wiring.recommender("weekly_recommendations") is None
    monkeypatch.setenv("PERSONALIZE_ARN", ARN)
    assert wiring.recommender("cart_abandonment") is None
    monkeypatch.setattr("nudgekit.adapters.clients.personalize", Down)
    monkeypatch.setattr(wiring, "store", MemoryStore)
    assert isinstance(wiring.recommender("weekly_recommendations"), PersonalizeRecommender)


def test_a_campaign_that_does_not_answer_is_a_metric_and_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PERSONALIZE_ARN", ARN)
    monkeypatch.setattr("nudgekit.adapters.clients.personalize", Down)
    monkeypatch.setattr(wiring, "store", MemoryStore)
    recommender = wiring.recommender("weekly_recommendations")
    assert recommender is not None
    ask = Ask("ada", "for_you", "", 7, 20000, (), frozenset(), 12)
    assert recommender.recommend([ask]) == [()]
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    metric = next(each for each in told if "_aws" in each)
    assert (metric["fell_back"], metric["trigger"], metric["reason"]) == (
        [1.0],
        "weekly_recommendations",
        "ConnectTimeoutError",
    )
    assert "ada" not in str(told)
