# Each target's help text stands behind its name; `make` alone prints them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SPARK_VENV := .venv-spark
SPARK_STAMP := $(SPARK_VENV)/.installed
# setuptools otherwise freezes the list of packages at install: a new top-level package would need a reinstall.
export PYTHONUTF8 := 1
# Where it is set, every process compiles Airflow, dbt and Great Expectations anew: measured 13 s instead of 5 s for one import.
unexport PYTHONDONTWRITEBYTECODE
export DO_NOT_TRACK := 1
export SCARF_NO_ANALYTICS := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

# Reference-data tests need this folder; see docs/reference-data.md.
REFERENCE_DATA ?=
export REFERENCE_DATA

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[1m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' 2>/dev/null \
	  || { echo "Missing: Python 3.11, 3.12 or 3.13 as '$(PYTHON)' (choose another with make PYTHON=python3.12)."; exit 1; }
	@echo "Installing the locked environment into $(VENV) ..."
	@if command -v uv >/dev/null; then \
	  uv venv --quiet --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV); \
	  uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements.lock; \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --config-setting editable_mode=compat --editable .; \
	else \
	  $(PYTHON) -m venv $(VENV) || { echo "Missing: the venv module of $(PYTHON) (on Debian: apt-get install python3-venv)."; exit 1; }; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .; \
	fi
	@touch $(STAMP)

$(SPARK_STAMP): requirements-spark.lock
	@command -v java >/dev/null || { echo "Missing: Java 17 for Spark (on Debian: apt-get install openjdk-17-jre-headless)."; exit 1; }
	@echo "Installing the locked Spark environment into $(SPARK_VENV) ..."
	@if command -v uv >/dev/null; then \
	  uv venv --quiet --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(SPARK_VENV); \
	  uv pip install --quiet --python $(SPARK_VENV)/bin/python --no-deps --require-hashes -r requirements-spark.lock; \
	else \
	  $(PYTHON) -m venv $(SPARK_VENV); \
	  $(SPARK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-spark.lock; \
	fi
	@touch $(SPARK_STAMP)

install: $(STAMP) ## Make the environment in .venv (uv if present, else pip)

demo: $(STAMP) ## Run everything on a simulated company; again: live one day more
	@$(BIN)/ecosystem demo

demo-real: $(STAMP) ## The same chain on real files: make demo-real REFERENCE_DATA=<folder>
	@test -n "$(REFERENCE_DATA)" || { echo "Missing: REFERENCE_DATA=<folder with the reference files>; see docs/reference-data.md."; exit 2; }
	@ECOSYSTEM_HOME=$${ECOSYSTEM_HOME:-var-real} $(BIN)/ecosystem demo --replay "$(REFERENCE_DATA)"

up: $(STAMP) ## Start Airflow with its UI and the sandbox, for working on it
	@$(BIN)/ecosystem up

down: $(STAMP) ## Stop what `make up` started
	@$(BIN)/ecosystem down

test: $(STAMP) ## The tests (under 12 minutes on 2 cores)
	@$(BIN)/pytest -m "not slow and not spark" -n 2 --dist loadfile --no-loadscope-reorder --durations 12

test-slow: $(STAMP) ## Long series: kills, a real scheduler, real files (under 25 minutes)
	@$(BIN)/pytest -m slow -n 2 --dist loadfile --no-loadscope-reorder --durations 12

test-spark: $(SPARK_STAMP) ## The same models on Spark give the same rows (needs Java 17; under 4 minutes)
	@$(SPARK_VENV)/bin/pytest -m spark tests/dbt_project/spark

lint: $(STAMP) ## Linters and the type checker
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --disable-progress-bar --processes 0 dbt_project

format: $(STAMP) ## Format the Python code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs-marts: $(STAMP) ## Write docs/marts.md anew from the dbt project
	@ECOSYSTEM_WAREHOUSE=unused.duckdb $(BIN)/python -m warehouse.mart_pages

bi-projects: $(STAMP) ## Write the Power BI project and Tableau's files anew from the dbt project
	@ECOSYSTEM_WAREHOUSE=unused.duckdb $(BIN)/python -m publishing.power_bi.generate
	@ECOSYSTEM_WAREHOUSE=unused.duckdb $(BIN)/python -m publishing.tableau.generate

lock: ## Resolve both locks anew from pyproject.toml (needs uv)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --all-extras pyproject.toml -o requirements.lock
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --group spark --constraint requirements.lock -o requirements-spark.lock

bench-chain: $(STAMP) ## Measure the chain's steps and the incremental run; writes bench/chain.json
	@$(BIN)/python -m benchmarks.chain

bench-alerts: $(STAMP) ## Measure detection on simulated vendors (SEEDS="7 8": other worlds); writes bench/alerts.json
	@$(BIN)/python -m benchmarks.alerts $(foreach seed,$(SEEDS),--seed $(seed))

bench-targets: $(STAMP) ## Measure the warnings about targets of the ecosystem on simulated companies; writes bench/targets.json
	@$(BIN)/python -m benchmarks.targets $(foreach seed,$(SEEDS),--seed $(seed))

bench-likely-late: $(STAMP) ## Measure which lines it says are likely late (SEEDS="7 8": other worlds); writes bench/likely_late.json
	@$(BIN)/python -m benchmarks.likely_late $(foreach seed,$(SEEDS),--seed $(seed))

bench-serving: $(STAMP) ## Measure the publication of a million rows to PostgreSQL; writes bench/serving.json
	@$(BIN)/python -m benchmarks.serving

bench-site: $(STAMP) ## Measure the dashboard of 5,000 vendors; writes bench/site.json
	@$(BIN)/python -m benchmarks.site

bench-marts: $(STAMP) ## Measure the delivery marts at 20 million versions (LINES=1000000: small); writes bench/marts.json
	@$(BIN)/python -m benchmarks.marts --lines $(or $(LINES),16000000)

clean: ## Delete the state directory and caches; the environment stays
	@rm -rf var var-real .pytest_cache .ruff_cache .mypy_cache .hypothesis

.PHONY: help install demo demo-real up down test test-slow test-spark lint format docs-marts bi-projects lock bench-alerts bench-chain bench-likely-late bench-marts bench-serving bench-site bench-targets clean
