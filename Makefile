# Obeya: every command of this checkout. `make run` and `make test` set up whatever they need.
SHELL := /bin/sh
# The first Python that is new enough; `make PYTHON=/somewhere/python3 run` names another.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
INSTALL := $(or $(PYTHON),python3) scripts/install.py
PYTEST := $(BIN)/python -m pytest -q

.DEFAULT_GOAL := help
.PHONY: help install run reset doctor test fast lint static bench chaos browser erp pictures

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

install: ## Python packages, the browser's files (skipped when nothing changed)
	@$(INSTALL) app web

run: install erp ## Install, then start Obeya with the demo plant, its ERP and its simulator
	@exec $(BIN)/obeya demo

reset: install ## Forget the demo plant; the next `make run` starts over
	@$(BIN)/obeya reset --demo

doctor: install ## Say in plain words what is missing or broken
	@$(BIN)/obeya doctor

test: install erp ## Everything: gates, then all tests with a real database, ERP and browser
	@$(INSTALL) browser?
	@$(MAKE) --no-print-directory static
	@$(PYTEST)

fast: install ## Gates and the quick tests: about two minutes
	@$(MAKE) --no-print-directory static
	@$(PYTEST) -m "not slow and not erp and not browser and not chaos"

lint: install static ## The gates alone: style, types, walls, migrations

static:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	OBEYA_HOME=.cache/lint $(BIN)/django-admin makemigrations --check --dry-run --settings obeya.config.settings

chaos: install erp ## The tests that kill processes, at 150 moments (OBEYA_CHAOS_POINTS=1000 for more)
	@OBEYA_CHAOS_POINTS=$${OBEYA_CHAOS_POINTS:-150} $(PYTEST) -m chaos

bench: install erp ## Every figure, one after another (minutes each)
	@for figure in $$(grep -lE "^if __name__ == .__main__." bench/*.py); do \
		echo "== $$figure"; $(BIN)/python "$$figure" || exit 1; done

browser: ## A Chromium from the system's packages, for the browser tests
	@$(INSTALL) browser

erp: install ## The demo ERP's own environment (Tryton)
	@$(INSTALL) erp

pictures: install ## Take the pictures of docs/ from a running demo
	@$(BIN)/python scripts/screenshots.py
