# Needs nothing but a Python 3.10 or newer (and make): each target sets up what it uses.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The oldest moto that is supported, and those in between worth trying.
OLDEST_MOTO := 5.0.16
MOTO_VERSIONS ?= $(OLDEST_MOTO) 5.1.0 5.2.0 latest

.PHONY: demo test test-fast check test-moto-versions test-async bench coverage-page docs clean

demo: $(VENV)/installed  ## the standalone server at work: loads, a queue, cancelled jobs, the graph
	$(BIN)/python examples/demo.py

test: $(VENV)/installed  ## all tests, with the newest moto; fails below 95 % line and branch coverage
	$(BIN)/python -m pytest -n auto --cov --cov-report=term $(ARGS)

test-fast: $(VENV)/installed  ## all but what starts interpreters or servers, or is big
	$(BIN)/python -m pytest -n auto --quiet -m "not slow" $(ARGS)

check: $(VENV)/installed  ## types, style, and where imports point
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

test-moto-versions: $(MOTO_VERSIONS:%=test-moto-%)  ## all tests, with each of MOTO_VERSIONS

test-moto-%:
	$(PYTHON) -m venv .venv-moto-$*
	.venv-moto-$*/bin/python -m pip install --quiet --disable-pip-version-check \
		$(if $(filter latest,$*),--upgrade moto,moto==$*) -e '.[server,test]'
	.venv-moto-$*/bin/python -m pytest -n auto --quiet $(ARGS)

test-async:  ## aiobotocore and aiomoto, which want other versions of botocore and moto
	$(PYTHON) -m venv .venv-async
	.venv-async/bin/python -m pip install --quiet --disable-pip-version-check \
		-e '.[server,test,asynctest]'
	.venv-async/bin/python -m pytest --quiet \
		tests/test_hooks/test_async.py tests/test_hooks/test_registration.py $(ARGS)

bench: $(VENV)/installed  ## the figures of docs/benchmarks.md
	$(BIN)/python -m benchmarks $(ARGS)

coverage-page: $(VENV)/installed  ## docs/operations.md, from the code
	$(BIN)/python docs/coverage.py

docs:  ## the documentation as a site, in site/; fails on any warning and on foreign hosts
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	.venv-docs/bin/python -m sphinx --fail-on-warning --keep-going --fresh-env --quiet \
		-c docs/sphinx -d .venv-docs/doctrees docs site

$(VENV)/installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e '.[server,test]'
	touch $@

clean:
	rm -rf .venv .venv-* build site dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
