# make run    sets up and starts the product (web, engine, timers) on this machine only
# make test   sets up and passes every check and test, on all cores
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/run.done
DEV := $(VENV)/dev.done
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: run test test-live test-long check check-lock bench-speed bench-quality models lock

run: $(RUN)
	@$(BIN)/fenghuo serve

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Fenghuo needs Python 3.11 or newer: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python lacks its venv module. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making a virtual environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(RUN): run.lock pyproject.toml package-lock.json hatch_build.py | $(BIN)/python
	@echo "Installing what the product needs (about 120 MB, once) …"
	@$(PIP) --progress-bar on --require-hashes -r run.lock
	@echo "Building the pages' parts …"
	@$(PIP) --no-deps -e .
	@touch $@

$(DEV): dev.lock $(RUN)
	@echo "Installing what the tests need (once) …"
	@$(PIP) --require-hashes -r dev.lock
	@touch $@

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# One process a core; TESTS="-n 0" keeps to one, where a debugger can be used.
TESTS ?= -n auto
test: check
	$(BIN)/python -m pytest -m "not live and not long" --dist worksteal $(TESTS)

test-live: $(DEV)
	$(BIN)/python -m pytest -m live

test-long: $(DEV)
	$(BIN)/python -m pytest -m long --dist load $(TESTS)

bench-speed: $(DEV)
	@for bench in benchmarks/speed/[a-z]*.py; do $(BIN)/python $$bench || exit 1; done

bench-quality: $(DEV)
	@for bench in benchmarks/quality/[a-z]*.py; do $(BIN)/python $$bench || exit 1; done

models: $(DEV)
	$(BIN)/python models/train.py

# The files hold hashes and no address.
lock: $(DEV)
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate -q -o run.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header --no-annotate -q -o dev.lock

# Asks the package index, since it cannot be run here: has everything that is locked, and what the
# build needs, a wheel with a locked hash on these machines? Markers are those of each platform.
PLATFORMS := aarch64-apple-darwin aarch64-unknown-linux-gnu x86_64-unknown-linux-gnu
WHEELS = $(BIN)/uv pip install --dry-run --quiet --no-deps --only-binary :all: --target $(VENV)/nowhere
check-lock: $(DEV)
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' > $(VENV)/build.txt
	@set -e; for platform in $(PLATFORMS); do for python in 3.11 3.12 3.13 3.14; do \
	  for lock in run dev; do \
	    $(WHEELS) --python-platform $$platform --python-version $$python --require-hashes -r $$lock.lock; \
	  done; \
	  $(WHEELS) --python-platform $$platform --python-version $$python -r $(VENV)/build.txt; \
	  echo "$$platform, Python $$python: a wheel for every package"; \
	done; done
