# The commands of this project; `make help` lists them. Needs python3 (3.11 or later, with venv) and make.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests use the system's Chromium.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

.DEFAULT_GOAL := help
.PHONY: demo test check bench bench-changes storm kills faults conformance mutations properties lock wheel-check docs format clean help

demo: $(READY)  ## mirror, read and report on the embedded sample wiki, offline
	$(BIN)/wikitrail demo

test: $(READY)  ## all tests; those on a real MediaWiki or browser say what to install
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

check: $(READY)  ## format, lint, types, import rules, generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m jobs.docs --check

format: $(READY)  ## bring the code into the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY)  ## write the generated parts of the documentation
	$(BIN)/python -m jobs.docs

PAGES ?= 200
REVISIONS ?= 2500
bench: $(READY)  ## measure beside the peers: make bench [DUMP=wiki.xml.gz | PAGES=200 REVISIONS=2500 | GROWTH=65000]
	$(BIN)/python tests/bench.py $(DUMP) --pages $(PAGES) --revisions $(REVISIONS) $(if $(GROWTH),--growth $(GROWTH))

SEEDS ?= 1,2,3
bench-changes: PAGES = 400
bench-changes: $(READY)  ## bulk changes found against true: make bench-changes [DUMP=wiki.xml.gz] [SEEDS=4,5] [PAGES=400]
	$(BIN)/python tests/bench_changes.py $(DUMP) --pages $(PAGES) --seeds $(SEEDS)

OPS ?= 500
SEED ?= 1
storm: $(READY)  ## random operations on a real MediaWiki against the mirror: make storm OPS=10000 SEED=7
	$(BIN)/python tests/storm.py --ops $(OPS) --seed $(SEED)

faults: N ?= 20
faults: $(READY)  ## runs under random faults of network and wiki: make faults SEED=7 N=100
	$(BIN)/python -m tests.fault_storm --seed $(SEED) --rounds $(N)

MUTANTS ?= 1000
conformance: $(READY)  ## records beside what MediaWiki says: make conformance [DUMPS=a.xml.gz HISTORY=1 MUTANTS=5000 FAULTS=3 SEED=7]
	$(BIN)/python -m tests.conformance $(DUMPS) --mutants $(MUTANTS) --seed $(SEED) $(if $(FAULTS),--faults $(FAULTS)) $(if $(HISTORY),--history)

mutations: COUNT ?= 100000
mutations: $(READY)  ## read random mutations of pages: make mutations COUNT=1000000 SEED=7
	$(BIN)/python -m tests.mutations --count $(COUNT) --seed $(SEED)

MOMENTS ?= 1000
properties: $(READY)  ## changes and intervals of whole histories: make properties [DUMPS=a.xml.gz MOMENTS=1000 SEED=7]
	$(BIN)/python -m tests.properties $(DUMPS) --moments $(MOMENTS) --seed $(SEED)

wheel-check: $(READY)  ## build the wheel, install it alone in an empty environment, run its demo elsewhere
	PYTHON='$(PYTHON)' bash .ci/wheel-check

kills: N ?= 100
kills: $(READY)  ## kill runs at random moments, compare with undisturbed ones: make kills N=100 SEED=7
	$(BIN)/python tests/kills.py --number $(N) --seed $(SEED)

lock: $(READY)  ## choose new versions of all libraries and write requirements.lock
	$(BIN)/uv --no-config pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  --upgrade --quiet --output-file requirements.lock

# One environment serves the demo, the tests and the checks. It follows the lock file.
$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

clean:  ## remove the environment, builds and caches
	rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sort | expand -t 14
