# One command for each thing; CI runs the same ones (.ci/run). `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

export PYTHON

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed
UV    := build/lock-venv/bin/uv

# `make test PROFILE=default` explores new examples; `ci` is derandomized and prints how to reproduce a failure.
PROFILE ?= ci
WORKERS ?= 2
ARGS    ?=
PYTEST  := $(BIN)/python -m pytest --hypothesis-profile=$(PROFILE)

CHECKS := check-lint check-format check-types check-imports check-purity check-sizes check-dependencies \
          check-links check-rules docs check-coverage

##@ Use

.PHONY: demo
demo: $(STAMP) ## run the demonstration
	$(BIN)/accord demo $(ARGS)

.PHONY: record
record: $(STAMP) ## run the demonstration and put what it prints into README.md
	$(BIN)/python tools/record_terminal.py $(ARGS)

##@ Work

.PHONY: install
install: $(STAMP) ## make .venv from requirements.lock (all others do it when needed)

.PHONY: test
test: $(STAMP) ## run all tests; ARGS='-k s12' passes options to pytest
	$(PYTEST) -n $(WORKERS) $(ARGS)

.PHONY: check
check: ## run all checks, go on after a failure, name those that failed
	@failed=; for part in $(CHECKS); do \
	    echo "== $$part"; $(MAKE) --no-print-directory $$part || failed="$$failed $$part"; \
	done; \
	if [ -n "$$failed" ]; then echo "FAILED:$$failed"; exit 1; fi; echo "All checks passed."

.PHONY: fix
fix: $(STAMP) ## let ruff format and repair what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: bench
bench: $(STAMP) ## run the benchmarks
	$(BIN)/python -m benchmarks $(ARGS)

.PHONY: mutants
mutants: $(STAMP) ## seed bugs and see which check notices each; FULL=1 tries every automatic one, ARGS='--only ID' some seeded ones
	$(BIN)/python -m tests.mutants.run $(if $(ARGS),$(ARGS),--document docs/reference/mutants.md)
	$(if $(ARGS),,$(BIN)/python -m tests.mutants.auto $(if $(FULL),--full) --document docs/reference/mutants.md)

.PHONY: rules
rules: $(STAMP) ## write down which tests and seeded bugs prove each rule of the contract
	$(BIN)/python tools/rules_and_proof.py

# Both cores for so long, then real crashes; the page of the reference is written where nothing failed.
MINUTES ?= 30
KILLS   ?= 200

.PHONY: soak
soak: $(STAMP) ## play simulated worlds, then kill the real program: make soak MINUTES=30 KILLS=200
	$(BIN)/python -m accord.simulate.soak --minutes $(MINUTES) --jobs $(WORKERS) --project examples/crmoffice-customerp \
	    --document docs/reference/worlds.md --also "$(BIN)/python -m tests.crash --kills $(KILLS)" $(ARGS)

.PHONY: docs
docs: $(STAMP) ## build the documentation into build/docs; a warning or a dead internal link is an error
	$(BIN)/python -m sphinx -E -W --keep-going -n -q -b html -d build/doctrees docs build/docs

.PHONY: lock
lock: build/lock-venv/.installed ## make requirements.lock anew from pyproject.toml, within its present pins where they fit
	$(UV) pip compile pyproject.toml --all-extras --group dev --group docs --group bench --universal --python-version 3.11 \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-config --quiet $(ARGS) \
	    --output-file requirements.lock
	build/lock-venv/bin/python tools/check_dependencies.py

.PHONY: clean
clean: ## remove what was built and installed here
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

##@ Single checks

.PHONY: check-lint
check-lint: $(STAMP) ## ruff check
	$(BIN)/ruff check

.PHONY: check-format
check-format: $(STAMP) ## ruff format --check
	$(BIN)/ruff format --check

.PHONY: check-types
check-types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

.PHONY: check-imports
check-imports: $(STAMP) ## the layers, and what core and ports may not import
	$(BIN)/lint-imports --no-cache

.PHONY: check-purity
check-purity: $(STAMP) ## core reads no clock, opens nothing, prints nothing
	$(BIN)/python tools/check_purity.py

.PHONY: check-sizes
check-sizes: $(STAMP) ## no long modules or functions without a stated reason
	$(BIN)/python tools/check_sizes.py

.PHONY: check-dependencies
check-dependencies: $(STAMP) ## each dependency is locked and has its line in ADR 0005
	$(BIN)/python tools/check_dependencies.py

.PHONY: check-links
check-links: $(STAMP) ## relative links in Markdown files lead somewhere
	$(BIN)/python tools/check_links.py

.PHONY: check-rules
check-rules: $(STAMP) ## each rule of the contract has a test and a seeded bug, and the list of them is up to date
	$(BIN)/python tools/rules_and_proof.py --check

.PHONY: check-coverage
check-coverage: $(STAMP) ## unit and law tests reach every branch of core
	$(PYTEST) -n $(WORKERS) -q $(wildcard tests/unit/core tests/property/core tests/property/lens tests/property/matching) \
	    --cov=accord.core --cov-branch --cov-fail-under=100 --cov-report=term-missing:skip-covered $(ARGS)

# What the targets above need.

$(STAMP): pyproject.toml requirements.lock tools/make_venv.sh
	tools/make_venv.sh $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check
	@touch $@

build/lock-venv/.installed: tools/make_venv.sh
	tools/make_venv.sh build/lock-venv
	build/lock-venv/bin/python -m pip install --quiet 'uv>=0.9,<1'
	@touch $@

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } \
	    /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
