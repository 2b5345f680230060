# aerialseg: `make help` lists what can be made.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CONFIG ?= configs/default.toml
OUT    ?= out
SCENES ?=
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help install segment plan test check format bench stitching quality consistency sensitivity fuzz torture clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20
	@echo '  variables: SCENES="a.tif folder/" CONFIG=configs/inria.toml OUT=results ARGS="--set tiles.size=512"'

install: $(VENV)/.done ## make .venv with the program and its tools

$(VENV)/.done: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

segment: install ## segment SCENES (default: a sample scene, fetched first) into OUT
	$(BIN)/aerialseg segment $(if $(SCENES),$(SCENES),"$$($(BIN)/aerialseg sample samples | head -n 1)") \
		--config $(CONFIG) --out $(OUT) $(ARGS)

plan: install ## say what `make segment` would do
	$(BIN)/aerialseg plan $(if $(SCENES),$(SCENES),"$$($(BIN)/aerialseg sample samples | head -n 1)") \
		--config $(CONFIG) --out $(OUT) $(ARGS)

test: install ## run the tests, by a process for each core; ARGS="tests/stitch -x"
	$(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist worksteal $(ARGS)

check: install ## lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## format the code
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

bench: install ## time and memory beside others, to docs/performance.md (an hour; goes on); SCENES=a_large.tif ARGS="--list"
	$(BIN)/python -m benchmarks.speed $(SCENES) $(ARGS)

stitching: install ## measure what follows the tiles on a scene of very many objects; ARGS="--objects 10000000"
	$(BIN)/python benchmarks/stitching.py $(ARGS)

quality: install ## compare with every rival on labelled scenes, write docs/quality.md (hours; goes on where it stopped)
	$(BIN)/python -m benchmarks.quality $(ARGS)

consistency: install ## whether tiles or seeds show in maps, to docs/consistency.md; ARGS="--tilings a.tif --restarts a.tif"
	$(BIN)/python -m benchmarks.consistency --cache out/consistency $(ARGS)

sensitivity: install ## what maps follow from, to docs/sensitivity.md; ARGS="a.tif --crops b.png"
	$(BIN)/python -m benchmarks.sensitivity $(ARGS)

fuzz: install ## try damaged rasters and senseless settings; ARGS="--cases 20000 --seed 1 --real folder/"
	$(BIN)/python -m benchmarks.fuzz --keep out/findings $(ARGS)

torture: install ## kill a data set's run at random until it is done, compare; ARGS="a.tif b.tif --kills 50"
	$(BIN)/python benchmarks/torture.py $(ARGS)

clean: ## remove what was installed, fetched and made here
	rm -rf $(VENV) out samples .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
