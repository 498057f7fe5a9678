"""What AWS takes for what the benchmarks count: us-east-1, on demand, without free tiers, taxes or discounts.

AWS's own price pages are drawn by a script and could not be read where this was written; each price is what a page of
others said on the date beside it. Look them up before you rely on them.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Price(NamedTuple):
    """A price.

    Attributes:
        dollars: US dollars for `of`.
        of: how many.
        said_by: the page that says so.
        on: when it said so, as the page dates itself.
    """

    dollars: float
    of: float
    said_by: str
    on: str


MILLION: Final = 1e6
DYNAMODB: Final = "airbyte.com/data-engineering-resources/dynamodb-pricing"
SNS: Final = "factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols"
PRICES: Final[Mapping[str, Price]] = {
    "read units": Price(0.125, MILLION, DYNAMODB, "2025-07-21"),
    "write units": Price(0.625, MILLION, DYNAMODB, "2025-07-21"),
    "queue requests": Price(0.40, MILLION, "cloudburn.io/blog/amazon-sqs-pricing", "2026-03-14"),
    "bus events": Price(1.00, MILLION, "cloudburn.io/blog/amazon-eventbridge-pricing", "2026-03-13"),
    "schedules": Price(1.00, MILLION, "cloudburn.io/blog/amazon-eventbridge-pricing", "2026-03-13"),
    "invocations": Price(0.20, MILLION, "cloudchipr.com/blog/aws-lambda-pricing", "2024"),
    "GB seconds": Price(0.0000133334, 1, "cloudchipr.com/blog/aws-lambda-pricing, arm64", "2024"),
    "publish requests": Price(0.50, MILLION, SNS, "2026-06-13"),
    "pushes": Price(0.50, MILLION, SNS, "2026-06-13"),
    "log bytes": Price(0.50, 1e9, "c3x.dev/blog/cloudwatch-logs-cost-optimization", "2026-06"),
}  # fmt: skip
"""By what is counted. `schedules`: a page that says $1.00 a million and one that says they are free; the dearer one."""


def cost(amounts: Mapping[str, float]) -> dict[str, float]:
    """US dollars by what is counted.

    Args:
        amounts: how many of what, by the names in `PRICES`.
    """
    return {name: PRICES[name].dollars * amount / PRICES[name].of for name, amount in amounts.items()}
