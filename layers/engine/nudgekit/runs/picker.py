"""Finds what messages recommend, for all decisions of a batch in two reads."""

from collections.abc import Iterable

from nudgekit.decide.case import Case
from nudgekit.decide.picking import Ask, asks_of, choose
from nudgekit.model.catalogue import Product
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.ports import Recommender
from nudgekit.runs.snapshot import Snapshot


class Picker:
    """What the messages of one batch recommend.

    Args:
        recommender: says which products go with what.
    """

    def __init__(self, recommender: Recommender) -> None:
        self.recommender = recommender
        self.answers: dict[Ask, tuple[str, ...]] = {}

    def begin(self) -> None:
        """A new batch: what was answered before is forgotten."""
        self.answers = {}

    def prepare(self, cases: Iterable[Case], snapshot: Snapshot) -> None:
        """Look up what `cases` will need: the answers in one read, the products in another."""
        self._look_up((ask for case in cases for ask in asks_of(case)), snapshot)

    def _look_up(self, wanted: Iterable[Ask], snapshot: Snapshot) -> None:
        asks = [ask for ask in dict.fromkeys(wanted) if ask not in self.answers]
        if not asks:
            return
        self.answers |= dict(zip(asks, self.recommender.recommend(asks), strict=True))
        found = (Ref(Kind.PRODUCT, product) for ask in asks for product in self.answers[ask])
        snapshot.refresh(ref for ref in found if ref not in snapshot.documents)

    def pick(self, case: Case, snapshot: Snapshot) -> tuple[Product, ...]:
        """What the message of `case` shows."""
        asks = asks_of(case)
        self._look_up(asks, snapshot)
        answers = [self.answers[ask] for ask in asks]
        known = {each: snapshot.get(Ref(Kind.PRODUCT, each)).value for answer in answers for each in answer}
        return choose(case, asks, answers, {each: product for each, product in known.items() if product is not None})
