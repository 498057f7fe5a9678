"""The budgets of docs/performance.md, measured side by side: `python -m tests.benchmarks [names]`."""
