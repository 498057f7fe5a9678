"""How many functions each lane has."""

from collections.abc import Mapping

from tests.functional.deployment import ROOT
from tests.template import checks


def concurrency() -> Mapping[str, int]:
    """How many functions each lane of stage prod has."""
    found: Mapping[str, int] = checks.load(ROOT / "template.yaml")["Mappings"]["Concurrency"]["prod"]
    return found
