# The one door: `make demo` and `make test` install what they need into .venv/ and .tools/ and nothing outside.
PYTHON ?= python3.13
BIN := .venv/bin
UV_COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.13
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: demo test check unit crash prove template schemas docs e2e stack races sweep bench lock format clean

.venv/.installed: requirements/dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "nudgekit: $(PYTHON) is not on PATH; install Python 3.13, or say make PYTHON=/path/to/python3.13"; exit 1; }
	@echo "nudgekit: installing the pinned packages of requirements/dev.txt into .venv/"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: .venv/.installed  ## the main job: local AWS up, deploy, replay a shop's events, show every message and silence, down
	$(BIN)/nudgekit demo $(if $(KEEP),--keep) $(ARGS)

check: .venv/.installed  ## style, types, rules and messages, and whether all that is written from them agrees
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/nudgekit template --check
	$(BIN)/nudgekit schemas --check
	$(BIN)/nudgekit law --check
	$(BIN)/nudgekit docs --check
	$(BIN)/nudgekit validate

unit: .venv/.installed  ## every suite that needs no local AWS
	$(BIN)/pytest -n auto --dist worksteal --ignore=tests/e2e --ignore=tests/benchmarks --ignore=tests/race/test_server.py

crash: .venv/.installed  ## the crash suite with more histories: make crash HISTORIES=100000
	NUDGEKIT_CRASH_HISTORIES=$(or $(HISTORIES),100000) $(BIN)/pytest -n auto --dist worksteal tests/crash

prove: .venv/.installed  ## the long versions: new examples, random lives, hostile inputs, requests and messages, races with a real server
	NUDGEKIT_CROWD=full NUDGEKIT_STEPS=100000 NUDGEKIT_INPUTS=1000000 NUDGEKIT_REQUESTS=100000 NUDGEKIT_MESSAGES=50000 \
	NUDGEKIT_FILES=50000 NUDGEKIT_ERASURES=500 \
		$(BIN)/pytest -n auto --dist worksteal tests/stateful tests/fuzz tests/race tests/defects tests/unit/test_erasure.py --deselect tests/race/test_server.py
	NUDGEKIT_EXAMPLES=$(or $(EXAMPLES),20) $(BIN)/pytest -n auto --dist worksteal tests/property
	NUDGEKIT_CROWD=full $(MAKE) races

e2e: .venv/.installed  ## deploy to the local AWS and look at what comes out; beside it, for it mostly waits, races with a real server
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target stack races

stack: .venv/.installed
	$(BIN)/pytest tests/e2e

races: .venv/.installed
	$(BIN)/pytest tests/race/test_server.py

test: check unit e2e  ## everything a change must pass

template: .venv/.installed  ## write the triggers' blocks into template.yaml from rules/
	$(BIN)/nudgekit template

schemas: .venv/.installed  ## write the JSON Schemas of the event contract from the models
	$(BIN)/nudgekit schemas

docs: .venv/.installed  ## write the pages about triggers from their rules
	$(BIN)/nudgekit docs

sweep: .venv/.installed  ## every hour of two years in every zone of the world: no promotional SMS outside its legal window
	NUDGEKIT_SWEEP=full $(BIN)/pytest tests/property/test_legal_hours.py

bench: .venv/.installed  ## the budgets of docs/performance.md, as ratios side by side
	$(BIN)/python -m tests.benchmarks

format: .venv/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/.installed  ## pin again, with hashes, after a change to requirements/*.in
	$(UV_COMPILE) requirements/dev.in -o requirements/dev.txt
	$(UV_COMPILE) requirements/runtime.in -c requirements/dev.txt -o layers/engine/requirements.txt
	for each in ministack sam lambda-runtime bench; do $(UV_COMPILE) requirements/$$each.in -o requirements/$$each.txt; done

clean:
	rm -rf .venv .tools .aws-sam .nudgekit
