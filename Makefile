# `make serve` and `make test` need python3 (3.11 or newer, with venv) and make, and nothing else.
PYTHON ?= python3
BIN := .venv/bin
SOURCES := newsroom articles comments conftest.py manage.py

.PHONY: help
help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

COMPILE := uv pip compile --quiet --no-config --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make locks" $(UPGRADE) pyproject.toml

.PHONY: locks
locks: ## make the locks anew from pyproject.toml (needs uv); UPGRADE=--upgrade takes newer releases
	@$(COMPILE) requirements/django52.in --python-version 3.11 -o requirements/run.txt
	@$(COMPILE) requirements/run.txt --python-version 3.11 --extra production -o requirements/production.txt
	@$(COMPILE) requirements/production.txt --python-version 3.11 --extra production --group dev -o requirements/dev.txt
	@$(COMPILE) requirements/django61.in --python-version 3.13 --extra production --group test -o requirements/django61.txt

.PHONY: serve
serve: ## install, prepare and serve the site; PORT= and HOST= say where
	@$(PYTHON) -I newsroom/launcher.py serve

.PHONY: install
install:
	@$(PYTHON) -I newsroom/launcher.py install dev
