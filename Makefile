# Two commands do all the set-up on a fresh machine with Python 3.11 or newer and make:
#
#   make demo    curate the shipped samples and really train a tiny model on them, on a CPU
#   make test    run all tests (make test-fast leaves out those that start the trainer)
#
# On Linux, PyPI's torch brings gigabytes of CUDA. On a machine without a GPU, the CPU build is smaller:
#
#   make demo TORCH_INDEX=https://download.pytorch.org/whl/cpu

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PIP_INDEX := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

.PHONY: help setup demo test test-fast check format bench fuzz docs clean

help:
	@sed -n 's/^#   //p' Makefile

setup: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(PIP_INDEX) -e '.[train,dev]'
	@touch $@

demo: setup
	$(BIN)/tcdata validate samples/broken.jsonl --exit-zero --statistics
	$(BIN)/tcdata mix quickstart -o out/quickstart
	$(BIN)/tcdata train quickstart -o out/quickstart --run-dir runs/quickstart --overwrite

# Tests that start the trainer take both cores of a small machine: they run one after another.
test: test-fast
	$(BIN)/python -m pytest -m slow

test-fast: setup
	$(BIN)/python -m pytest -n auto -m 'not slow'

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy toolcall_data tui tests benchmarks
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/validate.py

fuzz: setup
	$(BIN)/python -m tests.fuzz.run --failures out/fuzz-failures.jsonl

docs: setup
	$(BIN)/python -m toolcall_data.report.rule_text > docs/rules.md
	$(BIN)/python -m toolcall_data.report.rule_text zh > docs/rules.zh.md

clean:
	rm -rf $(VENV) build *.egg-info out runs .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
