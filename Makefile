# Two commands: `make demo` shows what the checker says of real programs, `make test` passes all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: demo test clean

demo: $(VENV)/demo.stamp
	@$(BIN)/python tools/demo.py

test: $(VENV)/tox.stamp
	@$(BIN)/python tools/binaries.py build opa pulumi pulumi-yaml actionlint dsse-verifier
	@$(BIN)/python tools/older_sdks.py build
	@$(BIN)/python tools/node_packages.py build
	@$(BIN)/python tools/scram.py build
	@$(BIN)/python tools/chromium.py build
	@$(BIN)/tox run-parallel -q --parallel-no-spinner --skip-env '^tests$$'
	@$(BIN)/tox run -q -e tests

clean:
	rm -rf $(VENV) .tox

$(BIN)/python:
	@echo "making a virtual environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/demo.stamp: pyproject.toml | $(BIN)/python
	@echo "installing the checker and the SDKs of the demo stacks (a minute, once)"
	@$(PIP) --editable '.[demo]'
	@touch $@

$(VENV)/tox.stamp: pyproject.toml | $(BIN)/python
	@echo "installing tox"
	@$(PIP) 'tox>=4.20'
	@touch $@
