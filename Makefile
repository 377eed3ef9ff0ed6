# Everything runs in a virtual environment of its own, made on first use from the lock file.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_SPARK := $(VENV)/.ready-spark
READY_LIVE := $(VENV)/.ready-live
# byte code and what is kept beside it save half a second a process; all of it lies in this folder
unexport PYTHONDONTWRITEBYTECODE

.PHONY: briefing test trials browser services live spark faults check bench lock clean

## briefing: set up, read the bundled records, build, and write the briefing
briefing: $(READY)
	@$(BIN)/chipbrief run

## test: set up and run every test that needs nothing but Python, but for the trials
test: $(READY)
	$(BIN)/pytest -n 2 --dist loadgroup \
	  -m "not trial and not browser and not faults and not postgres and not traced and not live \
	    and not spark"

## trials: whole programs at length: some of the faults, hostile records, Prefect, what the docs show
trials: $(READY)
	$(BIN)/pytest -n 2 --dist loadgroup -m "trial and not faults"

## browser: the tests that open pages in Debian's chromium
browser: $(READY)
	$(BIN)/pytest -n 2 --dist loadgroup -m browser

## services: the tests that start Debian's Postgres, or trace a run with Debian's strace
services: $(READY)
	$(BIN)/pytest -n 2 --dist loadgroup -m "postgres or traced"

## live: the tests of the live price packages, which it installs; their providers are not asked
live: $(READY) $(READY_LIVE)
	$(BIN)/pytest -m live

## spark: the tests that compute on a real Apache Spark (needs Java 17 or 21), in two processes
spark: $(READY) $(READY_SPARK)
	$(BIN)/pytest -n 2 --dist loadgroup -m spark

## faults: every fault at every durable step, and kills at random times; takes the better part of an hour
faults: $(READY)
	$(BIN)/pytest -n 2 -q -o tmp_path_retention_policy=failed --junitxml=.faults.xml \
	  tests/faults tests/pollution; \
	  status=$$?; $(BIN)/python tests/faults/tell.py .faults.xml; exit $$status

## check: linters, types, and whether each model can be said on every engine
check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 -q sql
	$(BIN)/pytest -q tests/sql/test_portable.py tests/sql/test_pickers.py tests/sql/test_scales.py

## bench: what is claimed about speed, as ratios within one run
bench: $(READY)
	$(BIN)/python -m benchmarks

## lock: resolve the dependencies anew (needs uv)
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev \
	  --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev \
	  --extra live --constraint requirements.lock --no-header --no-annotate \
	  --no-emit-index-url pyproject.toml -o requirements-live.lock
	$(PYTHON) -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))\
	  ['project']['optional-dependencies']['spark']))" \
	  | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url - -o requirements-spark.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Modules are compiled here because some systems switch byte code off, which doubles start-up;
# a package may carry a file that does not compile, which is no reason to stop.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --editable .
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q -j 0 \
	  $(VENV)/lib flows warehouse || true
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -c \
	  "from flows.brief import render; render.compile_all(); \
	  from flows import assets; from flows.build import code; code.remembered(assets.asset('sql'))"
	touch $(READY)

$(READY_LIVE): $(READY) requirements-live.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --no-deps -r requirements-live.lock
	touch $(READY_LIVE)

# 450 MB that only `make spark` needs, beside the rest.
$(READY_SPARK): $(READY) requirements-spark.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --no-deps -r requirements-spark.lock
	touch $(READY_SPARK)
