# `make serve` and `make test` need python3 (3.11 or newer, with venv) and make, and nothing else.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/pytest -n auto
LOCK := uv pip compile --quiet --no-config --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make locks" $(UPGRADE) pyproject.toml

.PHONY: help serve install test test-postgres soak bench bench-desk bench-comments bench-scale lint format locks
help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

serve: ## install, prepare and serve the site; PORT= and HOST= say where
	@$(PYTHON) -I newsroom/launcher.py serve

install: ## install what tests and lint need into .venv
	@$(PYTHON) -I newsroom/launcher.py install dev

test: install ## the whole suite on SQLite; ARGS= goes to pytest
	@env -u NEWSROOM_DATABASE_URL $(PYTEST) $(ARGS)

test-postgres: install ## the whole suite on NEWSROOM_DATABASE_URL, or on a PostgreSQL started for it
	@$(BIN)/python .ci/with_postgres.py $(PYTEST) $(ARGS)

soak: install ## the whole suite with ten times as many of the examples that hypothesis makes up
	@env -u NEWSROOM_DATABASE_URL $(PYTEST) --hypothesis-profile=soak $(ARGS)

bench: install ## what a request costs; PARTS=, URLS="name=http://...", ROUNDS= and SECONDS= say what and how long (needs wrk)
	@$(BIN)/python .ci/bench $(PARTS) $(foreach each,$(URLS),--url '$(each)') \
		$(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SECONDS),--seconds $(SECONDS))

bench-desk: install ## what the desk's pages cost at 100,000 stories; COUNT= takes another number
	@$(BIN)/python .ci/bench_desk.py $(COUNT)

bench-comments: install ## what posts, queue and threads cost at a million comments; COUNT= takes another number
	@$(BIN)/python .ci/bench_comments.py $(COUNT)

bench-scale: install ## what every page costs as the archive grows to a million stories; SIZES= and ARGS= as the script says
	@$(BIN)/python .ci/bench_scale.py $(if $(SIZES),--sizes $(SIZES)) $(ARGS)

lint: export NEWSROOM_DATA_DIR := .venv/data-for-lint
lint: install ## style, templates, import directions, types, missing migrations, lengths
	@$(BIN)/ruff check --quiet --output-format=concise .
	@$(BIN)/ruff format --check .
	@find templates -name '*.html' -exec $(BIN)/djade --check {} +
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy
	@find newsroom comments articles -name '*.py' -exec $(BIN)/django-upgrade --target-version 5.2 --check {} +
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python .ci/measure_code.py

format: install ## put Python and templates into the one style
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@find templates -name '*.html' -exec $(BIN)/djade {} + || true

locks: ## make the locks anew from pyproject.toml (needs uv); UPGRADE=--upgrade takes newer releases
	@$(LOCK) requirements/django52.in --python-version 3.11 -o requirements/run.txt
	@$(LOCK) requirements/run.txt --python-version 3.11 --extra production -o requirements/production.txt
	@$(LOCK) requirements/production.txt --python-version 3.11 --extra production --group dev -o requirements/dev.txt
	@$(LOCK) requirements/django61.in --python-version 3.13 --extra production --group test -o requirements/django61.txt
