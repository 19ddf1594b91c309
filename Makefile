# Two commands do everything on a fresh machine: `make report` (the main job) and `make test`.
# Both create .venv from the pinned versions in constraints.txt; a second run reuses it.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: report test lint types bench format clean

report: $(STAMP)
	$(BIN)/derivations report --output build/report

test: lint types
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -q

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

bench: $(STAMP)
	$(BIN)/python -m pytest -q tests/benchmarks -o addopts="" --benchmark-sort=name -s

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache *.egg-info
