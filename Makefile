# Kring. `make demo` needs Python 3.11, git and make; everything it installs goes into .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
DEMO := fixtures/technical-services/programme.toml

.PHONY: help demo test check format serve clean

help:
	@echo "make demo     compose an example and show what comes out"
	@echo "make test     run the tests"
	@echo "make check    formatting, style, types, layers"
	@echo "make format   put the code in its usual form"
	@echo "make serve    answer over HTTP on port 8000"

demo: $(VENV)/runtime.stamp
	@echo "Composing 120 heads of technical services in eight host cities."
	@echo "The first time, the search is compiled as well, which takes about half a minute."
	@$(BIN)/kring compose $(DEMO) --effort 5 -o build/demo

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

serve: $(VENV)/runtime.stamp
	$(BIN)/kring serve

clean:
	rm -rf build dist $(VENV)

# A stamp is newer than what it was made from, so nothing is installed twice.
$(VENV)/bin/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Kring needs Python 3.11 or newer')"
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements/locked.txt requirements/build.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install -r requirements/locked.txt -r requirements/build.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/runtime.stamp
	$(PIP) install -r requirements/dev.txt
	@touch $@
