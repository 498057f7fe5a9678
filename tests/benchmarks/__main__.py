"""`python -m tests.benchmarks [names]`: measure the budgets, print one table, fail when one is missed."""

import importlib
import sys
from collections.abc import Iterable

from rich.console import Console

from tests.benchmarks.table import Row, show

NAMES = ("deciding", "folding", "io", "fan_out", "beside", "covisits", "stack", "beside_stack", "imports")


def main(names: Iterable[str]) -> int:
    """Run the benchmarks of those names, all when none is given. Gives 1 when a budget is missed."""
    wanted = tuple(names) or NAMES
    if unknown := [name for name in wanted if name not in NAMES]:
        sys.exit(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    rows: list[Row] = []
    errors = Console(stderr=True)
    for name in wanted:
        errors.print(f"measuring: {name}", highlight=False)
        rows += importlib.import_module(f"tests.benchmarks.{name}").rows()
    show(rows, Console(width=170 if not sys.stdout.isatty() else None))
    return 1 if any(row.held is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
