"""One engine asked the ten-term audience, in an environment of its own; run by `engines.py`, which also feeds it.

Reads a count from each line of its input, asks the engine that often and plain Python as often, and answers with the
nanoseconds each took. Imports nothing of nudgekit: the environment has only the engines.
"""

import importlib
import json
import sys
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

Ask = Callable[[], object]

WORDS = (
    "cart.value >= 20 and cart.value <= 500 and cart.size >= 2 and cart.currency == 'EUR' "
    "and user.country in ['AT', 'CH', 'DE'] and not ('staff' in user.segments) and 'newsletter' in user.segments "
    "and user.traits.tier == 'gold' and user.traits.orders >= 2 and user.locale in ['de', 'en']"
)


def plain(data: dict[str, Any]) -> bool:
    """The audience as somebody would type it."""
    cart, user = data["cart"], data["user"]
    value, segments, traits = cart["value"], user["segments"], user["traits"]
    return bool(
        value >= 20
        and value <= 500
        and cart["size"] >= 2
        and cart["currency"] == "EUR"
        and user["country"] in {"AT", "CH", "DE"}
        and "staff" not in segments
        and "newsletter" in segments
        and traits["tier"] == "gold"
        and traits["orders"] >= 2
        and user["locale"] in {"de", "en"}
    )


def zen_engine(data: dict[str, Any]) -> Ask:
    """zen-engine's compiled expression."""
    expression = _library("zen").compile_expression(WORDS.replace("'", '"'))
    return lambda: expression.evaluate(data)


def zen_decision(data: dict[str, Any]) -> Ask:
    """zen-engine's decision graph with the audience as its one node, with its trace."""
    content = {"expressions": [{"id": "held", "key": "held", "value": WORDS.replace("'", '"')}]}
    kinds = {"in": "inputNode", "audience": "expressionNode", "out": "outputNode"}
    nodes = [{"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}} for name, kind in kinds.items()]
    nodes[1]["content"] = content
    edges = [{"id": target, "sourceId": source, "targetId": target, "type": "edge"} for source, target in _EDGES]
    graph = {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
    decision = _library("zen").ZenEngine().create_decision(json.dumps(graph))

    def ask() -> object:
        return decision.evaluate(data, {"trace": True})["result"]["held"]

    return ask


_EDGES = (("in", "audience"), ("audience", "out"))


def cel(data: dict[str, Any]) -> Ask:
    """common-expression-language's compiled program."""
    words = WORDS.replace(" and ", " && ").replace("not (", "!(").replace(">= 20 ", ">= 20.0 ").replace("500", "500.0")
    program = _library("cel").compile(words)
    return lambda: program.execute(data)


def rule_engine(data: dict[str, Any]) -> Ask:
    """rule-engine's parsed rule. It gets flat names: it takes ten times as long to look into nested ones."""
    library = _library("rule_engine")
    words = WORDS.replace("user.traits.", "user_").replace("user.", "user_").replace("cart.", "cart_")
    user = {**data["user"], **data["user"]["traits"]}
    flat = {f"user_{name}": value for name, value in user.items() if name != "traits"}
    flat |= {f"cart_{name}": value for name, value in data["cart"].items()}
    rule = library.Rule(words, context=library.Context(resolver=library.resolve_item))
    return lambda: rule.matches(flat)


ENGINES = {"zen-engine": zen_engine, "zen-decision": zen_decision, "cel": cel, "rule-engine": rule_engine}


def _library(name: str) -> Any:
    return importlib.import_module(name)


def _took(call: Ask, times: int) -> int:
    begun = perf_counter_ns()
    for _ in range(times):
        call()
    return perf_counter_ns() - begun


def main(name: str, data: dict[str, Any]) -> None:
    """Answer count by count until the input ends."""
    ask = ENGINES[name](data)
    if ask() is not True or plain(data) is not True:
        sys.exit(f"{name} does not find the audience true of the data")
    for line in sys.stdin:
        times = int(line)
        answer = (_took(ask, times) / times, _took(lambda: plain(data), times * 10) / (times * 10))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
