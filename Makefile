# Two commands matter: `make demo` and `make test`. Both set up what they need, and both may be run again.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
SERVE ?= 1
PORT ?= 8000
CHAOS_SECONDS ?= 180
# Compiled once, beside the libraries and not in the tree: a process then starts in less than half the time.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test suite lint policy-mutation accessibility pictures chaos up clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: ## virtual environment from uv.lock, system libraries, fonts, translations
	@docker/setup.sh

demo: setup ## demo city, one referral from detection to closure, then http://localhost:8000 (PORT=…: another; SERVE=0: stop after the story)
	@TSUNAGU_DEMO=true $(BIN)/tsunagu demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

test: setup ## all tests, warnings as errors, with the lint beside them
	@$(MAKE) --no-print-directory -j2 lint suite

suite: setup
	@$(BIN)/pytest -n 3 --dist loadgroup

lint: setup ## ruff, mypy (strict), import boundaries
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

policy-mutation: setup ## change every policy in every small way; the last line is the share the tables notice
	@$(BIN)/tsunagu policy mutate

accessibility: setup ## every page × language × screen × theme in Chromium: axe, targets, headings, 320 px
	@EVERY_COMBINATION=yes $(BIN)/pytest tests/browser/test_every_page.py -n 2 --dist worksteal -q

pictures: setup ## the pictures in docs/pictures, taken anew from the pages
	@$(BIN)/pytest tests/browser/pictures.py -q

chaos: setup ## kill processes of an office under load every few seconds, then judge it (CHAOS_SECONDS=…)
	@$(BIN)/python -m tests.chaos --seconds $(CHAOS_SECONDS)

up: setup ## web, worker and calendar on the embedded defaults
	@$(BIN)/tsunagu up

clean: ## remove the virtual environment and everything the installation made (var/)
	rm -rf .venv var
