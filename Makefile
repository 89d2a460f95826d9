# What a person runs is what the schedule and CI run. `make` alone lists the recipes.

BIN := .venv/bin
PIP_INSTALL := -m pip --disable-pip-version-check install --quiet --no-deps --no-compile
SQL := dbt_project/models dbt_project/tests expectations
UV_VERSION := 0.13.9
DATA := $${VEILIGHEIDSAGENDA_DATA:-data}

# What a person gives is text and no program: make would expand it (and run a `$(shell ...)` in it), the shell would run
# what stands behind a quote. So each is kept as it was given, and recipes take it from the environment, between quotes.
GIVEN := AANTAL AFRONDEN BESTAND CIJFER EXTRACT GROEI HERBOUW INDICATOR JAAR LEVERING NAAR NACHTEN ONGEDAAN OPNIEUW PEILDATUM \
  POORT PYTHON RECORD REDEN UITVOEREN UPGRADE VAN VEILIGHEIDSAGENDA_DATA VERSIES WAAR WACHTWOORD ZAAD
$(foreach name,$(GIVEN),$(if $(filter undefined,$(origin $(name))),,$(eval override $(name) := $$(value $(name)))\
  $(eval export $(name))))

# Dagster looks for the program `dbt` on the path.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Importing Dagster, dbt and Great Expectations takes twice as long without bytecode.
unexport PYTHONDONTWRITEBYTECODE
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help setup nightly backup restore retention rekey demo as-of what-if figures report report-pdf release open-data explain ledger rollback resume-ledger offer withdraw accept refuse check supplier-report dev test test-unit lint format docs bench soak mutants clients superset spark lock sbom clean

help: ## List the recipes
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.stamp ## Install what the lock names into .venv (PYTHON=... to choose the Python)

nightly: setup ## Run the night where anything is new: load, check, build, check, publish (OPNIEUW=1: in any case; HERBOUW=1: make a lost raw.duckdb again)
	$(BIN)/python -m orchestration nightly $(if $(OPNIEUW),--opnieuw) $(if $(HERBOUW),--herbouw)

backup: setup ## Keep what cannot be made again in one file (NAAR=a folder, on another disk)
	@$(BIN)/python -m orchestration backup "$$NAAR"

restore: setup ## Put such a file back in a data folder that lost what is in it (VAN=the file)
	@$(BIN)/python -m orchestration restore "$$VAN"

retention: setup ## Show what was kept as long as it may be, and try what is without it (UITVOEREN=1: remove it)
	@$(BIN)/python -m orchestration retention $(if $(UITVOEREN),--uitvoeren)

rekey: setup ## Bring all pseudonyms under the key that is set now, from the files in the inbox (after a change of key, or of how is hashed)
	$(BIN)/python -m orchestration rekey

demo: setup ## Put fictitious deliveries in the inbox
	$(BIN)/python -m orchestration demo

as-of: setup ## Write the figures as known on an earlier day (PEILDATUM=2021-03-01)
	$(BIN)/python -m orchestration as-of $(if $(PEILDATUM),"$$PEILDATUM")

what-if: setup ## Set figures under another definition beside the present (VERSIES=csv_aangepakt_2,fase_2)
	$(BIN)/python -m orchestration what-if $(if $(VERSIES),"$$VERSIES")

figures: setup ## Show the published figures (also JAAR=2020, INDICATOR=oskm_a)
	$(BIN)/python -m orchestration figures $(if $(JAAR),--jaar "$$JAAR") $(if $(INDICATOR),--indicator "$$INDICATOR")

report: setup ## Name the page about the published figures (also PEILDATUM=2021-03-01, VERSIES=csv_aangepakt_2, after as-of or what-if)
	$(BIN)/python -m orchestration report $(if $(PEILDATUM),--peildatum "$$PEILDATUM") $(if $(VERSIES),--versies "$$VERSIES")

report-pdf: setup ## Print that page as a PDF, by an installed Chromium (PEILDATUM, VERSIES as with report)
	$(BIN)/python -m orchestration report --pdf $(if $(PEILDATUM),--peildatum "$$PEILDATUM") $(if $(VERSIES),--versies "$$VERSIES")

release: setup ## Release the published figures outside, protected; what is written counts as released (AFRONDEN=1: rounded)
	$(BIN)/python -m orchestration release $(if $(AFRONDEN),--afronden)

open-data: setup ## Write what was released (else the national figures) as open data: CSV, metadata, and a record for a data portal
	$(BIN)/python -m orchestration open-data

explain: setup ## Show what a figure rests on, or where a row counts (CIJFER=oskm_a/2020, or RECORD=12/345)
	$(BIN)/python -m orchestration explain $(if $(CIJFER),--cijfer "$$CIJFER") $(if $(RECORD),--record "$$RECORD") $(if $(NAAR),--naar "$$NAAR")

ledger: setup ## Show the publications, and check that the ledger is as it was written down
	$(BIN)/python -m orchestration ledger

rollback: setup ## Let readers see the publication before the present one again (REDEN="why"; ONGEDAAN=1: undo that)
	$(BIN)/python -m orchestration rollback --reden "$$REDEN" $(if $(ONGEDAAN),--ongedaan)

resume-ledger: setup ## Let the ledger go on without what it lost, where there is no backup (REDEN="why")
	$(BIN)/python -m orchestration resume-ledger --reden "$$REDEN"

offer: setup ## Offer a refused or withdrawn delivery again (LEVERING=its number; REDEN="why", where it seems to identify people)
	$(BIN)/python -m orchestration offer "$$LEVERING" --reden "$$REDEN"

withdraw: setup ## Withdraw an admitted delivery (LEVERING=its number REDEN="why")
	$(BIN)/python -m orchestration withdraw "$$LEVERING" --reden "$$REDEN"

accept: setup ## Admit a held delivery after all (LEVERING=its number REDEN="why")
	$(BIN)/python -m orchestration accept "$$LEVERING" --reden "$$REDEN"

refuse: setup ## Refuse a held delivery for good (LEVERING=its number REDEN="why")
	$(BIN)/python -m orchestration refuse "$$LEVERING" --reden "$$REDEN"

check: setup ## Tell whether files would be admitted, without touching anything (BESTAND=a.csv, EXTRACT=om_beslag/beslag)
	@$(BIN)/python -m orchestration check "$$BESTAND" $(if $(EXTRACT),--extract "$$EXTRACT")

supplier-report: setup ## Write the report of a delivery, to send to its supplier (LEVERING=its number)
	$(BIN)/python -m orchestration supplier-report "$$LEVERING"

dev: setup ## Open Dagster in the browser, with schedule and sensors (POORT=3000)
	@# The history of runs is the owner's alone, and the server answers to this machine alone.
	@$(BIN)/python -m orchestration dagster-home
	@# Dagster would rather be started by a package of its own, which does the same here and brings twenty others.
	umask 077; DAGSTER_HOME="$$(cd "$(DATA)/dagster" && pwd)" PYTHONWARNINGS='ignore:Function `dev_command` is superseded' $(BIN)/dagster dev --host 127.0.0.1 $(if $(POORT),--port "$$POORT")

# A file of tests stays in one process: what its tests share is made once. More processes than this want much memory.
# The files keep the order of tests/conftest.py: whole nights first, and beside them what needs none.
test: setup ## Run all tests
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --durations 15

test-unit: setup ## Run the tests that take seconds
	$(BIN)/pytest tests/unit

lint: setup .venv-bouncer/.stamp ## Check style, types, layers and SQL; change nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --threads 2
	$(BIN)/lint-imports
	$(BIN)/yamllint --strict .
	$(BIN)/sqlfluff lint --processes 2 $(SQL)
	$(BIN)/dbt --quiet --warn-error parse --target-path target --log-path target
	COLUMNS=$${COLUMNS:-160} .venv-bouncer/bin/dbt-bouncer run --show-all-failures

format: setup ## Mend what can be mended by machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix $(SQL)

docs: setup ## Make the documentation, as pages that open from the disk
	$(BIN)/python -m orchestration docs

bench: setup ## Measure the night at several sizes (GROEI=50000000: only how it grows, up to so many rows)
	$(BIN)/python -m tests.bench $(if $(GROEI),"$$GROEI")

soak: setup ## Spoil thousands of deliveries by chance, and kill runs in every leg (AANTAL=5000, NACHTEN=5, ZAAD=...)
	VOLLEDIG=1 $(BIN)/pytest -q tests/integration/test_histories.py tests/integration/test_building.py tests/integration/test_schedule.py \
	  tests/integration/test_spark.py
	$(BIN)/python -m tests.soak --aantal "$${AANTAL:-5000}" --nachten "$${NACHTEN:-5}" $(if $(ZAAD),--zaad "$$ZAAD")

mutants: setup .venv-mutants/.stamp ## Break what matters, one thing at a time, and see whether a test notices (WAAR=part of a path)
	$(BIN)/python -m tests.mutants $(if $(WAAR),--waar "$$WAAR")

# The amount is what our own DuckDB says; the others are asked the same, and none of them sees our environment.
clients: setup .venv-clients/.stamp .venv-duckdb12/.stamp ## Read the published file with DuckDB 1.2 and 1.4, its command line, ibis and polars
	@total=$$($(BIN)/python -c "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).sql(\
	  'select sum(bedrag_afpakken_eur) from marts.rpt_voortgang').fetchall()[0][0])" "$(DATA)/veiligheidsagenda.duckdb") \
	&& .venv-duckdb12/bin/python tests/clients.py "$(DATA)/veiligheidsagenda.duckdb" "$$total" duckdb parquet \
	&& .venv-clients/bin/python tests/clients.py "$(DATA)/veiligheidsagenda.duckdb" "$$total" \
	  duckdb parquet ibis polars opdrachtregel

superset: .venv-superset/.stamp ## Open Superset with the dashboard of the figures (POORT=8088, WACHTWOORD=nieuw)
	@.venv-superset/bin/python -m orchestration.dashboard $(if $(POORT),--poort "$$POORT") $(if $(WACHTWOORD),--nieuw-wachtwoord)

spark: .venv/.stamp-spark ## Add Apache Spark to .venv, for VEILIGHEIDSAGENDA_MOTOR=spark (it needs Java 17 or later)

# Superset asks for odfpy to read OpenDocument, which nobody uploads here, and it has no wheel.
lock: .venv-lock/.stamp ## Resolve pyproject.toml into the lock files (UPGRADE=1: take newer versions)
	$(call compile_lock,requirements.lock,pyproject.toml --group dev --no-emit-package playwright --no-emit-package pyee)
	$(call compile_lock,requirements-bouncer.lock,--group bouncer)
	$(call compile_lock,requirements-sbom.lock,--group sbom)
	$(call compile_lock,requirements-mutants.lock,--group mutants)
	$(call compile_lock,requirements-clients.lock,--group clients)
	$(call compile_lock,requirements-duckdb12.lock,--group duckdb12)
	$(call compile_lock,requirements-spark.lock,--group spark)
	$(call compile_lock,requirements-superset.lock,--group superset --no-emit-package odfpy)

sbom: .venv-sbom/.stamp ## Write the bill of materials of the lock, as CycloneDX, to target/sbom.cdx.json
	@mkdir -p target
	.venv-sbom/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
	  --output-file target/sbom.cdx.json

clean: ## Remove environments and caches; the data folder is never touched
	rm -rf .venv .venv-bouncer .venv-clients .venv-duckdb12 .venv-lock .venv-sbom .venv-mutants .venv-superset target logs .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find orchestration tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is as old as the lock that was installed, so that a second `make setup` has nothing to do. pip comes with
# Python and checks every hash; it would compile on one core, so that is done after it on all. So is the SQL: dbt builds
# the project once, on no deliveries.
.venv/.stamp: requirements.lock
	@$(find_python) && echo "Installing requirements.lock into .venv with $$python; this takes a minute or two" \
	  && "$$python" -m venv .venv
	@$(BIN)/python $(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements.lock
	@$(BIN)/python $(PIP_INSTALL) --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q -j 0 .venv/lib orchestration || true
	@$(BIN)/python -m orchestration prepare
	@touch $@

.venv-bouncer/.stamp: requirements-bouncer.lock
	@$(find_python) && "$$python" -m venv .venv-bouncer
	@.venv-bouncer/bin/python $(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements-bouncer.lock
	@touch $@

.venv-sbom/.stamp: requirements-sbom.lock
	@$(find_python) && "$$python" -m venv .venv-sbom
	@.venv-sbom/bin/python $(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements-sbom.lock
	@touch $@

.venv-mutants/.stamp: requirements-mutants.lock
	@$(find_python) && "$$python" -m venv .venv-mutants
	@.venv-mutants/bin/python $(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements-mutants.lock
	@touch $@

.venv-clients/.stamp .venv-duckdb12/.stamp: .venv-%/.stamp: requirements-%.lock
	@$(find_python) && "$$python" -m venv .venv-$*
	@.venv-$*/bin/python $(PIP_INSTALL) --require-hashes --only-binary :all: -r $<
	@touch $@

# Superset wants a package that has no wheel. It is built with what the lock names, which therefore goes first.
.venv-superset/.stamp: requirements-superset.lock
	@$(find_python) && echo "Installing requirements-superset.lock into .venv-superset; this takes some minutes" \
	  && "$$python" -m venv .venv-superset
	@sed -n '/^setuptools==/,/# via/p' $< > .venv-superset/setuptools.lock
	@.venv-superset/bin/python $(PIP_INSTALL) --require-hashes --only-binary :all: -r .venv-superset/setuptools.lock
	@.venv-superset/bin/python $(PIP_INSTALL) --require-hashes --only-binary :all: --no-binary wtforms-json \
	  --no-build-isolation -r $<
	@touch $@

# Spark runs in the process that asks for it, so it has no environment of its own. It has no wheel, as with Superset.
.venv/.stamp-spark: requirements-spark.lock .venv/.stamp
	@echo "Adding requirements-spark.lock to .venv; this takes a minute"
	@sed -n '/^setuptools==/,/# via/p' $< > .venv/setuptools.lock
	@$(BIN)/python $(PIP_INSTALL) --require-hashes --only-binary :all: -r .venv/setuptools.lock
	@$(BIN)/python $(PIP_INSTALL) --require-hashes --only-binary :all: --no-binary pyspark --no-build-isolation -r $<
	@touch $@

.venv-lock/.stamp: Makefile
	@$(find_python) && "$$python" -m venv .venv-lock
	@.venv-lock/bin/python $(PIP_INSTALL) uv==$(UV_VERSION)
	@touch $@

# The first Python that will do. Each is tried, since a name on the path need not run (version managers leave stubs).
define find_python
python=; for candidate in $(if $(PYTHON),"$$PYTHON",python3.11 python3.12 python3.13 python3); do \
  if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
    2>/dev/null; then python="$$candidate"; break; fi; \
done; \
if [ -z "$$python" ]; then \
  echo "No Python 3.11, 3.12 or 3.13 with the modules venv and ensurepip was found; tried:" \
    "$${PYTHON:-python3.11 python3.12 python3.13 python3}." >&2; \
  echo "Install one (on Debian also its package python3-venv), or name it: make setup PYTHON=/path/to/python3" >&2; \
  exit 1; \
fi
endef

# $(1) the lock, $(2) what goes into it. No address of a package index gets in: the hashes say what the files must be.
define compile_lock
.venv-lock/bin/uv pip compile $(2) --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header $(if $(UPGRADE),--upgrade) --quiet --output-file $(1)
{ echo '# Made by `make lock` from pyproject.toml; not changed by hand.'; cat $(1); } > $(1).new && mv $(1).new $(1)
endef
