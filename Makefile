# Two commands: `make demo` shows what the checker says of real programs, `make test` passes all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
LOCKED := --require-hashes --requirement

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

$(VENV)/demo.stamp: locks/demo.txt | $(BIN)/python
	@echo "installing the checker and the SDKs of the demo stacks (a minute, once)"
	@$(PIP) $(LOCKED) locks/demo.txt
	@$(PIP) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/tox.stamp: locks/tox.txt | $(BIN)/python
	@echo "installing tox"
	@$(PIP) $(LOCKED) locks/tox.txt
	@touch $@
