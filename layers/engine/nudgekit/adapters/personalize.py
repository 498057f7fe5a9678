"""Amazon Personalize as a recommender: a campaign answers, and while it does not, the catalogue's rows do."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nudgekit.adapters.faults import code_of
from nudgekit.decide.picking import Ask
from nudgekit.language.picks import Strategy
from nudgekit.runs.ports import Recommender

if TYPE_CHECKING:
    from mypy_boto3_personalize_runtime import PersonalizeRuntimeClient

MOST_RESULTS: Final = 500
"""Items that one answer has at most, in botocore's model of GetRecommendations."""

_PRODUCTS: Final[frozenset[Strategy]] = frozenset({"similar"})
"""Strategies whose campaigns start from a product rather than from the person."""


class PersonalizeRecommender:
    """The port `Recommender` on campaigns of Amazon Personalize, or recommenders of one of its domains.

    A failure never fails a decision: it is told, and the rest of the same asks goes to the fallback at once, so that a
    service that hangs costs a batch one short timeout.

    Args:
        client: a client of Personalize's runtime that gives up soon.
        arns: by strategy, the campaign or recommender that answers; all else is asked of the fallback.
        fallback: who answers otherwise.
        tell: hears the error code of each failure.
    """

    def __init__(
        self,
        client: "PersonalizeRuntimeClient",
        arns: Mapping[Strategy, str],
        fallback: Recommender,
        tell: Callable[[str], None],
    ) -> None:
        self.client, self.arns, self.fallback, self.tell = client, arns, fallback, tell

    def recommend(self, asks: Sequence[Ask]) -> Sequence[tuple[str, ...]]:
        """See `ports.Recommender`."""
        found = self._found(asks)
        rest = [ask for ask in asks if not found.get(ask)]
        found |= dict(zip(rest, self.fallback.recommend(rest), strict=True)) if rest else {}
        return [found[ask] for ask in asks]

    def _found(self, asks: Sequence[Ask]) -> dict[Ask, tuple[str, ...]]:
        """What the campaigns answer, up to the first failure."""
        found: dict[Ask, tuple[str, ...]] = {}
        for ask in dict.fromkeys(asks):
            if ask.strategy in self.arns and (ask.seeds or ask.strategy not in _PRODUCTS):
                try:
                    found[ask] = self._ask(ask)
                except Exception as error:  # whatever it is, the decision goes on without
                    self.tell(code_of(error))
                    return found
        return found

    def _ask(self, ask: Ask) -> tuple[str, ...]:
        answer = self.client.get_recommendations(**_request(ask, self.arns[ask.strategy]))
        items = (str(each["itemId"]) for each in answer.get("itemList", ()) if each.get("itemId"))
        return tuple(item for item in dict.fromkeys(items) if item not in ask.exclude)[: ask.limit]


def _request(ask: Ask, arn: str) -> dict[str, Any]:
    """As many more are asked for as may have to be left out of the answer."""
    whose = {"itemId": ask.seeds[0]} if ask.strategy in _PRODUCTS else {"userId": ask.person}
    who_answers = "recommenderArn" if ":recommender/" in arn else "campaignArn"
    return {who_answers: arn, "numResults": min(MOST_RESULTS, ask.limit + len(ask.exclude)), **whose}
