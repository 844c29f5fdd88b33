# Kith on a fresh Debian or Ubuntu machine that has Python 3.11 or newer and make: `make run`, `make test`.
# Every target makes what it needs; stamps in .venv make a second run instant. `make PYTHON=…` chooses the Python.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

APP ?= apps/retail_crm
EXAMPLES := tests/test_source.py tests/rules/test_parsing.py tests/rules/test_printing.py tests/metadata/test_formatting.py
SEED ?= $(shell date +%Y%m%d)
BIN := .venv/bin

# The first of these that really runs and is new enough (a pyenv shim may stand in the path and still refuse).
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)

INSTALL = $(if $(shell command -v uv),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)

# $(call apt_get,PACKAGES): install them where this user may, else say the one command that is missing.
define apt_get
	if ! command -v apt-get >/dev/null; then echo "Please install by your system's own means: $(1)"; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then sudo=; \
	elif sudo -n true 2>/dev/null; then sudo=sudo; \
	else echo "Please run this once, then try again:  sudo apt-get update && sudo apt-get install -y $(1)"; exit 1; fi; \
	echo "Installing $(1) with apt-get"; \
	$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null
endef

.PHONY: help run test lint format types layers bench engines agree audit nightly requirements clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: .venv/.run ## Serve the demo CRM on SQLite (APP=apps/b2b_crm for the other one)
	$(BIN)/kith serve $(APP) --demo

test: lint .venv/.browser ## Everything a commit must pass: lint, types, layers, tests
	# What fails is tried once more, alone: a browser on a busy machine may be late, a mistake fails again.
	$(BIN)/pytest -n 2 --dist loadscope --no-loadscope-reorder --durations=25 || $(BIN)/pytest --last-failed --last-failed-no-failures none

lint: .venv/.test ## Style, format, types and layers, without the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.test ## Put code into the house's format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/.test ## The figures of the design, as ratios to a hand-written baseline
	$(BIN)/python -m bench

engines: .venv/.test ## Install the other rule engines that bench sets Kith's rules beside
	$(INSTALL) --require-hashes -r requirements/bench.txt

agree: .venv/.test ## The long agreement run: random expressions, one value on Python, SQLite and PostgreSQL
	$(BIN)/python -m tests.agreement --cases 500000 --jobs 2

# Each part runs even where one before it has found something.
audit: ## Compare the pinned libraries with the published lists of flaws (asks PyPI; needs uv or pipx)
	@for pinned in run test; do \
		$(if $(shell command -v uvx),uvx,pipx run) pip-audit --strict --disable-pip --require-hashes \
			--requirement requirements/$$pinned.txt || failed=1; \
	done; exit $${failed:-0}

nightly: .venv/.test ## What takes long: a million agreement cases, broken documents, kills (SEED=… repeats a night)
	@failed=0; \
	for part in "tests.agreement --cases 1000000 --jobs 2 --seed $(SEED)" "tests.rules.broken 20000 $(SEED)" \
			"tests.rules.broken_documents 20000 $(SEED)" "tests.rules.proving 20000 $(SEED)" "tests.metadata.broken" \
			"tests.metadata.mutator 5000 $(SEED)" "tests.runtime.cycles 2000" \
			"tests.packages.mutated 2000 $(SEED)" \
			"tests.packages.mutated 200 $(SEED) --parts folders --engine postgresql" "tests.fuzz.api --minutes 30 --seed $(SEED)" \
			"tests.runtime.past.undone 500 $(SEED)" "tests.runtime.past.undone 100 $(SEED) postgresql" \
			"tests.runtime.round_trips" "tests.runtime.plan_apply_plan" "tests.upgrades.story --app retail_crm" \
			"tests.upgrades.story --app b2b_crm --engine postgresql --lang zh-CN" \
			"tests.access.matrix --seed $(SEED)" "tests.access.canary --seed $(SEED)" \
			"tests.runtime.privacy.canaries 200 $(SEED)" \
			"tests.runtime.killed_applies --kills 200 --seed $(SEED)" \
			"tests.runtime.killed_applies --kills 200 --seed $(SEED) --engine postgresql" \
			"tests.kills.load --kills 1000 --seed $(SEED)" \
			"tests.kills.load --kills 200 --seed $(SEED) --victim worker" \
			"tests.kills.load --kills 100 --seed $(SEED) --engine postgresql --victim server --victim backend" \
			"tests.kills.load --kills 200 --seed $(SEED) --engine postgresql --victim worker" \
			"tests.kills.outages --seconds 30" "tests.kills.outages --seconds 30 --engine postgresql" \
			"tests.edits --clients 1000 --seed $(SEED)"; do \
		echo "== python -m $$part"; $(BIN)/python -m $$part || failed=1; \
	done; \
	echo "== 5,000 new examples each"; KITH_LONG=1 $(BIN)/pytest -q -n 2 $(EXAMPLES) || failed=1; \
	for round in 1 2 3 4 5 6 7 8 9 10; do \
		echo "== kills, round $$round"; $(BIN)/pytest -q -k kill tests/jobs tests/runtime || failed=1; \
	done; \
	echo "== the shipped templates' upgrades as packages"; KITH_LONG=1 $(BIN)/pytest -q tests/packages/test_shipped.py || failed=1; \
	echo "== full disks"; KITH_LONG=1 $(BIN)/pytest -q tests/runtime/test_full_disk.py || failed=1; \
	echo "== kills at every statement"; KITH_LONG=1 $(BIN)/pytest -q tests/jobs/test_killed.py || failed=1; \
	echo "== known flaws of libraries"; $(MAKE) --no-print-directory audit || failed=1; \
	exit $$failed

broken: .venv/.test ## Thousands of broken rules and conditions: each is told in its place, and no proof is a lie
	$(BIN)/python -m tests.rules.broken 5000 $(SEED)
	$(BIN)/python -m tests.rules.broken_documents 5000 $(SEED)
	$(BIN)/python -m tests.rules.proving 5000 $(SEED)

requirements: ## Compile requirements/*.txt anew from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--group build pyproject.toml --output-file requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--constraint requirements/run.txt --group build --group test pyproject.toml --output-file requirements/test.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--constraint requirements/test.txt --group bench pyproject.toml --output-file requirements/bench.txt

clean: ## Remove the environment and everything built
	rm -rf .venv dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment ---------------------------------------------------------------------------------------------

# Bare Debian's python3 has neither venv nor pip: uv does without (but seeds pip, lest it be needed for ever), else
# apt-get brings the venv of that very Python.
.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "Kith needs Python 3.11 or newer; name it with: make PYTHON=/path/to/python"; exit 1; fi
	@if command -v uv >/dev/null; then exec uv venv --quiet --seed --python $(PYTHON) .venv; fi; \
	if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
		$(call apt_get,$$package); \
	fi; \
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements/run.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

# Holds all of run.txt too, in the same versions.
.venv/.test: requirements/test.txt pyproject.toml | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements/test.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch .venv/.run $@

# Browser tests need a Chromium and a Chinese font. Where apt-get's chromium is only a pointer to a snap (Ubuntu),
# Playwright's own build does as well.
.venv/.browser: tests/support/browser.py | .venv/.test
	@if ! $(BIN)/python -m tests.support.browser >/dev/null 2>&1; then \
		packages=$$($(BIN)/python -m tests.support.browser packages); \
		$(call apt_get,$$packages); \
	fi
	@$(BIN)/python -m tests.support.browser >/dev/null 2>&1 || $(BIN)/playwright install --with-deps chromium
	@$(BIN)/python -m tests.support.browser
	@touch $@
