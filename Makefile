# The commands of this project. `make` alone explains them.
.DEFAULT_GOAL := help
.PHONY: help setup run demo test lint sure bench drill faults docs clean
.SUFFIXES:
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python

help: ## show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: ## make the virtual environment and fetch what the tests need
	@python3 deploy/local/bootstrap.py test

run: ## start the whole marketplace here (PORT=8001 moves it); Ctrl-C stops it
	@./market up $(if $(PORT),--port $(PORT))

demo: ## verify the invite mapping end to end, on a running system or on one started for it
	@./market status >/dev/null 2>&1; [ $$? -eq 3 ] || exec ./market demo; \
	./market up --detach $(if $(PORT),--port $(PORT)) && { ./market demo; code=$$?; ./market down; exit $$code; }

test: setup ## all tests: rooms, services together, browser, faults
	@$(PYTHON) -m deploy.local.checks test

lint: setup ## format, lint, types, import contracts, migrations
	@$(PYTHON) -m deploy.local.checks lint

sure: setup ## everything that CI runs
	@$(PYTHON) -m deploy.local.checks lint test

faults: setup ## kill, cut, stall, duplicate and reorder, with thousands of registrations
	@$(PYTHON) -m pytest -m faults

drill: setup ## bring about every fault that can lose a mapping, find it, mend it
	@$(PYTHON) -m deploy.local.drill $(if $(WRITE),--write $(WRITE))

bench: setup ## the ratios against peers and against the limit
	@failed=0; for part in benchmarks benchmarks.replay benchmarks.catalog benchmarks.checkout; do $(PYTHON) -m $$part || failed=1; done; exit $$failed

docs: setup ## generate the documents that are made from code
	@$(PYTHON) -m docs.generate

clean: ## remove everything that was made here, data included
	@./market down 2>/dev/null || true
	@rm -rf .venv .local .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
