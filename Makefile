# Every target sets up what it needs and does nothing twice: the stamps below are older than what they were made from,
# or they are not. All that the machine must bring is Python and make; `make doctor` says what else would help.

PORT ?= 8000
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Compiled modules are kept: without them every process takes three times as long to start.
unexport PYTHONDONTWRITEBYTECODE
# An administration's own certificate authority counts, as it does for pip.
export UV_SYSTEM_CERTS := 1
export NODE_USE_SYSTEM_CA := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help up seed doctor test test-all test-fast check bench kill-test lock translations assets clean setup setup-dev

PY := .venv/bin/python
BUILT := src/allmende/ui/static/ui/build
CATALOGUES := $(shell find src -name '*.po' 2>/dev/null)
ASSET_SOURCES := tools/build_assets.mjs $(shell find src/allmende/*/static src/allmende/*/*/static -type f -not -path '$(BUILT)/*' 2>/dev/null)

help:
	@echo 'make up          start the city of Gera with demo content at http://localhost:$(PORT) (CITY=jena: another city)'
	@echo 'make test        all tests (make test-fast: within a minute rules, forms, architecture, central actions)'
	@echo 'make check       style, types, contracts, templates, migrations, settings, translations'
	@echo 'make bench NAME=frame    measure; make kill-test SECONDS=300    kill processes under load and look for losses'
	@echo 'make seed · make doctor · make translations · make assets · make lock · make clean'
	@echo 'Also honoured: PORT, DEMO=0|1, ALLMENDE_HOME, DATABASE_URL, NATS_URL (docs/operator.md)'

# The environment

# An environment that was moved here from elsewhere is made anew: its programs name the old place.
ifneq ($(shell cat .venv/.python 2>/dev/null),$(CURDIR))
.PHONY: .venv/.python
endif
.venv/.python: .python-version
	@wanted=$$(cat .python-version); \
	for name in "python$$wanted" python3 python; do \
	  found=$$(command -v "$$name") && "$$found" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$$wanted')" 2>/dev/null && break; \
	  found=; \
	done; \
	[ -n "$$found" ] || { echo "Allmende needs Python $$wanted and there is none here; install it (for example: apt install python$$wanted python$$wanted-venv)."; exit 1; }; \
	[ ! -e .venv/.python ] || rm -rf .venv; \
	"$$found" -m venv .venv || { echo "Python's venv module is missing; install it (for example: apt install python$$wanted-venv)."; exit 1; }; \
	printf '%s' '$(CURDIR)' > $@

.cache/uv.txt: requirements/dev.txt
	@mkdir -p .cache
	@awk '/^[^ ]/ { mine = /^uv==/ } mine' requirements/dev.txt > $@

.venv/.uv: .cache/uv.txt .venv/.python
	@$(PY) -m pip install --quiet --no-deps --require-hashes -r .cache/uv.txt
	@touch $@

# Installed from the hashed lock; nothing is removed, so that `make up` leaves the tools of `make test` alone.
.venv/.base: requirements/base.txt .venv/.uv
	@echo 'Installing what Allmende needs …'
	@$(PY) -m uv pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r requirements/base.txt \
	  || $(PY) -m pip install --quiet --require-hashes -r requirements/base.txt
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.uv
	@echo 'Installing what testing and checking need …'
	@$(PY) -m uv pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r requirements/dev.txt \
	  || $(PY) -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@ .venv/.base

# The command line, without a build: a path file and a launcher.
.venv/bin/allmende: Makefile .venv/.python
	@$(PY) -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "allmende.pth").write_text("$(CURDIR)/src\n")'
	@printf '#!/bin/sh\nexec "%s" -m allmende.project.cli "$$@"\n' '$(CURDIR)/.venv/bin/python' > $@
	@chmod +x $@

# What browsers get

node_modules/.stamp: package.json package-lock.json .npmrc .venv/.base
	@echo 'Fetching what the pages are made from …'
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(BUILT)/.stamp: $(ASSET_SOURCES) node_modules/.stamp
	@node tools/build_assets.mjs
	@mkdir -p $(BUILT)
	@touch $@

.cache/translations: $(CATALOGUES) .venv/.base
	@$(PY) tools/translations.py compile
	@mkdir -p .cache
	@touch $@

assets: $(BUILT)/.stamp
setup: .venv/.base .venv/bin/allmende $(BUILT)/.stamp .cache/translations
setup-dev: .venv/.dev setup

# What people run

# A demonstration unless DEMO=0 is said.
up seed: export DEMO := $(or $(DEMO),1)

up: setup
	@exec .venv/bin/allmende up

seed: setup
	@exec .venv/bin/allmende seed

doctor: .venv/.base .venv/bin/allmende
	@exec .venv/bin/allmende doctor

# Pages are tried in Debian's own Chromium; CHROMIUM names another one.
.PHONY: chromium
chromium:
	@[ -n "$$CHROMIUM" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo 'Installing Chromium for the browser tests …'; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	  else \
	    echo 'The browser tests need Chromium: install it (apt install chromium) or name one with CHROMIUM=/path; make test-fast does without.'; \
	    exit 1; \
	  fi; }

test: setup-dev chromium
	@$(PY) -m pytest -q -n 2 $(ARGS)

# All eight combinations of language, theme and width for every page, where `make test` takes two in turn.
test-all: setup-dev chromium
	@ALLMENDE_AXE=all $(PY) -m pytest -q -n 2 $(ARGS)

# What takes more than a second is named at the end: it should become quicker, or be marked as slow.
test-fast: setup-dev
	@$(PY) -m pytest -q -n 2 -m 'not browser and not servers and not slow' --durations=5 --durations-min=1 $(ARGS)

# All of it, even when the first thing fails: one run shows everything.
SECURE := env PUBLIC_URL=https://city.example ALLOWED_HOSTS=city.example TRUSTED_PROXIES=127.0.0.1 DEMO=0 \
  ALLMENDE_HOME=$(CURDIR)/.cache/check
# Types take longest, so they are looked at beside everything else and told last.
check: setup-dev
	@failed=; mypy > .cache/types.txt 2>&1 & types=$$!; trap 'kill $$types 2>/dev/null' EXIT; trap 'exit 130' INT TERM; \
	step() { printf '%s … ' "$$1"; shift; \
	  if said=$$("$$@" 2>&1); then echo 'good'; else echo 'not good'; echo "$$said"; failed=1; fi; }; \
	step 'form' ruff format --check .; \
	step 'style' ruff check .; \
	step 'contracts between rooms' lint-imports; \
	step 'templates' djlint src --lint --quiet; \
	step 'migrations' $(SECURE) $(PY) tools/with_database.py .venv/bin/allmende manage makemigrations --check --dry-run; \
	step 'settings' $(SECURE) $(PY) tools/with_database.py .venv/bin/allmende manage check --deploy --fail-level WARNING; \
	step 'translations' $(PY) tools/translations.py check; \
	printf 'types … '; if wait $$types; then echo 'good'; else echo 'not good'; cat .cache/types.txt; failed=1; fi; \
	[ -z "$$failed" ]

bench: setup-dev
	@[ -n "$(NAME)" ] || { echo 'Name a benchmark: make bench NAME=frame'; exit 2; }
	@exec $(PY) benchmarks/run.py $(NAME)

kill-test: setup
	@exec $(PY) tools/kill_test.py $(or $(SECONDS),300)

translations: .venv/.dev
	@$(PY) tools/translations.py
	@mkdir -p .cache && touch .cache/translations

# Pins what is new in the lists (UPGRADE=1: everything anew). No lock holds the address of a registry.
lock: .venv/.uv
	@$(PY) -m uv pip compile --quiet $(if $(UPGRADE),--upgrade) --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version $$(cat .python-version) \
	  requirements/base.in -o requirements/base.txt
	@$(PY) -m uv pip compile --quiet $(if $(UPGRADE),--upgrade) --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version $$(cat .python-version) \
	  -c requirements/base.txt requirements/dev.in -o requirements/dev.txt
	@$(MAKE) --no-print-directory .venv/.base
	@npm install --silent --package-lock-only
	@$(PY) -c 'import json, pathlib; file = pathlib.Path("package-lock.json"); lock = json.loads(file.read_text()); \
	  [row.pop("funding", None) for row in lock["packages"].values()]; \
	  file.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")'

# Everything that was made from the sources. The home of the city, ./var, stays.
clean:
	@rm -rf .venv .cache node_modules $(BUILT) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find src tests tools benchmarks \( -name __pycache__ -o -name '*.egg-info' \) -type d -prune -exec rm -rf {} + 2>/dev/null || true
	@find src -name '*.mo' -delete
