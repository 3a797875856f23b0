# What a person types. Each target can be run again: what is done already costs seconds.
PYTHON ?= python3
DEMO := .venv/bin/python -m demo

.PHONY: help setup demo demo-down test test-fast prove lint lock

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: ## Install Debian, Python and npm packages
	@$(PYTHON) -m demo.setup

demo: setup ## Play the storyboard and leave the federation running
	@$(DEMO) up

demo-down: setup ## Release, settle, withdraw, reclaim, remove
	@$(DEMO) down

lint: setup ## Check style and types
	@.venv/bin/python -m demo.lint

test: lint test-fast ## Build everything and pass every test; takes the place of a demo that runs
	@$(DEMO) build
	@.venv/bin/python -m pytest -m hosts

test-fast: setup ## Pass the tests that need no hosts
	@.venv/bin/python -m pytest -m "not hosts" --numprocesses 2

prove: setup ## Prove properties of the contract, and check that no finding is unexplained
	@.venv/bin/python contracts/prove.py

lock: setup ## Lock the newest versions that pyproject.toml allows
	@.venv/bin/python -m demo.lock
