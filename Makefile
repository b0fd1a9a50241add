# Everything Inzwa needs lies in .venv and in the model cache; nothing is installed anywhere else.
# Stamps in .venv remember what is done, so each step runs again only when what it depends on changed.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
CREATED := $(VENV)/pyvenv.cfg
INSTALLED := $(VENV)/.installed
DEV_INSTALLED := $(VENV)/.installed-dev
EVAL_INSTALLED := $(VENV)/.installed-eval
CONVERT_VENV := .venv-convert
CONVERT_INSTALLED := $(CONVERT_VENV)/.installed
EXPORT_VENV := .venv-export
EXPORT_INSTALLED := $(EXPORT_VENV)/.installed
TRAIN_VENV := .venv-train
TRAIN_INSTALLED := $(TRAIN_VENV)/.installed
NODE_INSTALLED := node_modules/.installed
SOURCES := app.py setup.py inzwa tests benchmarks sbom release deploy training

# How llama.cpp is built is said in requirements.txt, so that every pip builds the same; CMAKE_ARGS would be added to that.
unexport CMAKE_ARGS

# What brings a C++ compiler, by the system's own name for itself.
COMPILER_HINT := $(shell system=$$(uname -s); [ -r /etc/os-release ] && system="$$system $$(. /etc/os-release; echo $$ID $$ID_LIKE)"; \
    case "$$system" in \
        (Darwin*) echo "xcode-select --install";; \
        (*alpine*) echo "apk add g++ linux-headers";; \
        (*fedora*|*rhel*|*centos*) echo "dnf install gcc-c++";; \
        (*) echo "apt-get install g++";; \
    esac)

# The browser that tests drive. Set CHROMIUM to use another; without one, browser tests are left out, except in CI.
CHROMIUM ?= $(shell for name in chromium chromium-browser google-chrome; do command -v $$name && break; done)
export CHROMIUM

PYTEST_ARGS ?=

# glibc gives large blocks back to the system and gets them again, page by page, at each step: a third of the time.
TRAIN = MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=34359738368 $(TRAIN_VENV)/bin/python

# Tests with a target of their own.
OTHERS := not train and not convert and not export and not space and not container and not emulated

# With a browser, and without one. In CI its tests fail where there is none.
ifeq ($(if $(CHROMIUM),yes,$(CI)),)
ALL := not browser and $(OTHERS)
HEAVY := weights and not browser and $(OTHERS)
PAGES :=
else
ALL := $(OTHERS)
HEAVY := weights and $(OTHERS)
PAGES := browser and not weights and $(OTHERS)
endif

# With COVERAGE=1 the tests measure what of inzwa/ they run, line by line and branch by branch.
ifdef COVERAGE
COVERED_FIRST := --cov --cov-report= --cov-fail-under=0
COVERED_NEXT := --cov --cov-append --cov-report= --cov-fail-under=0
COVERED := --cov $(if $(PYTEST_ARGS),,--cov-append) --cov-report=term-missing:skip-covered
endif

.PHONY: help setup setup-eval tune models run train-llm test test-train test-convert test-export test-space test-processors test-container lint lint-js types check sbom release resolve bench bench-all bench-peers clean

help: ## show this list
	@echo "Inzwa hears Shona, thinks, and answers aloud. make run, then open http://localhost:7860"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo "Variables: INZWA_HOST, INZWA_PORT (where run listens), PYTHON (3.11 or newer), CHROMIUM, PYTEST_ARGS"

setup: $(INSTALLED) ## make .venv and install what Inzwa runs on (builds llama.cpp the first time: 2 minutes on two cores)

setup-eval: $(EVAL_INSTALLED) ## install what measuring needs besides: python -m inzwa eval, benchmarks

tune: $(INSTALLED) ## build llama.cpp's kernels for this machine's processor too, into the model cache (half a minute)
	@$(PY) -m inzwa tune

models: $(INSTALLED) ## fetch the models that are not in the cache yet, and check every file; meanwhile, tune
	@$(PY) -m inzwa tune & tuning=$$!; $(PY) -m inzwa models fetch; fetched=$$?; \
	wait $$tuning || [ $$fetched -ne 0 ] || echo "Not tuned to this processor: the portable llama.cpp serves, somewhat slower."; exit $$fetched

run: models ## serve the page, the socket and the API, with INZWA_HOST and INZWA_PORT if they are set
	@exec $(PY) app.py

train-llm: $(TRAIN_INSTALLED) models ## train the language adapter, or go on with it; MINUTES=30 for a part (hours on two cores)
	@$(TRAIN) -m training.llm $(if $(MINUTES),--minutes $(MINUTES))

test: $(DEV_INSTALLED) models ## run the tests; PYTEST_ARGS="-k silero" picks some
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory --silent $(NODE_INSTALLED); fi # axe-core
	@[ -n "$$CHROMIUM" ] || [ "$${CI:-}" = true ] \
	    || echo "No Chromium found: the browser tests are left out (apt-get install chromium, or CHROMIUM=/path/to/it)."
ifdef PYTEST_ARGS
	@exec $(PY) -m pytest $(COVERED) -m "$(ALL)" $(PYTEST_ARGS)
else
	@$(PY) -m pytest $(COVERED_FIRST) -n 3 -m "not weights and not browser and $(OTHERS)"; fast=$$?; \
	[ -z "$(PAGES)" ] || $(PY) -m pytest $(COVERED_NEXT) -n 2 --dist loadfile -m "$(PAGES)"; pages=$$?; \
	$(PY) -m pytest $(COVERED) -m "$(HEAVY)" && [ $$fast -eq 0 ] && exit $$pages
endif

test-convert: $(CONVERT_INSTALLED) ## compare the converters with torch and transformers, and try the MLflow registry, in a .venv-convert of their own
	@HF_HUB_DISABLE_PROGRESS_BARS=1 exec $(CONVERT_VENV)/bin/python -m pytest -m convert -rP $(PYTEST_ARGS)

test-export: $(EXPORT_INSTALLED) ## compare exported Coqui voices with torch, in a .venv-export of its own (8 GB)
	@exec $(EXPORT_VENV)/bin/python -m pytest -m export -rP $(PYTEST_ARGS)

test-train: $(TRAIN_INSTALLED) models ## train ten steps, resume, export, and have llama.cpp load what came out, in .venv-train (1.3 GB)
	@$(TRAIN) -m pytest -m train -rP $(PYTEST_ARGS)

test-space: $(DEV_INSTALLED) ## run app.py as a Space would: its user, its packages, its proxy (root; SPACE_PIP_CACHE keeps what pip built)
	@exec tests/space/make_space.sh $(abspath $(PY)) -m pytest -m space $(PYTEST_ARGS)

test-processors: $(DEV_INSTALLED) models ## run every engine on an emulated Haswell, llama.cpp on older ones too (needs qemu-user)
	@exec $(PY) -m pytest -m emulated $(PYTEST_ARGS)

test-container: $(DEV_INSTALLED) ## build the image's root file system with debootstrap and run it read-only as the image's user (root; CONTAINER_TEST_PIP_CACHE keeps what pip built)
	@command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends debootstrap >/dev/null; }
	@exec $(PY) -m pytest -m container $(PYTEST_ARGS) tests/container

lint: $(DEV_INSTALLED) ## check style and formatting
	@$(PY) -m ruff check $(wildcard $(SOURCES))
	@$(PY) -m ruff format --check $(wildcard $(SOURCES))

lint-js: ## check the browser code with ESLint, and its JSDoc types with TypeScript (without npm it is left out, except in CI)
	@if command -v npm >/dev/null; then \
	    $(MAKE) --no-print-directory --silent $(NODE_INSTALLED) && npm run --silent lint && npm run --silent typecheck; \
	else \
	    echo "No npm found: the browser code is not checked. Debian: apt-get install nodejs npm (Node.js 18.18 or newer)."; \
	    [ "$${CI:-}" != true ]; \
	fi

types: $(DEV_INSTALLED) ## check types: mypy, strict
	@$(PY) -m mypy

check: lint types lint-js ## before every commit: style, types, and the tests that load no model, browser or other program (80 s)
	@exec $(PY) -m pytest -n 3 -m "not weights and not browser and not processes and $(OTHERS)" $(PYTEST_ARGS)

sbom: $(DEV_INSTALLED) ## write out/sbom.cdx.json: every package and model with version, licence and hashes (CycloneDX); ROOTFS=folder: of an image
	@$(PY) -m sbom $(if $(ROOTFS),--image $(ROOTFS))

release: $(DEV_INSTALLED) ## make sdist, wheel and SBOM of the last commit in out/release, sign them (RELEASE_KEY=file) and verify them
	@$(PY) -m release make $(if $(RELEASE_KEY),--key $(RELEASE_KEY))

resolve: $(DEV_INSTALLED) ## see whether the requirements can be had together on Python 3.11 to 3.14; installs nothing (4 minutes)
	@$(PY) -m release.resolving

bench: $(EVAL_INSTALLED) models ## measure another commit and this tree in turns, in one table (25 minutes); ARGS="--base REV --rows tokens --rounds 1"
	@$(PY) -m benchmarks.compare $(ARGS)

bench-all: $(EVAL_INSTALLED) models ## run every benchmark but the half-hour soak, with its short defaults
	@for script in $(filter-out benchmarks/compare.py benchmarks/soak.py, $(wildcard benchmarks/[a-z]*.py)); do \
	    name=$$(basename $$script .py); echo "== $$name"; $(PY) -m benchmarks.$$name || exit 1; \
	done

bench-peers: $(EVAL_INSTALLED) models ## measure Inzwa beside Pipecat, LiveKit Agents and speech-to-speech, same models and sentences (environments of their own)
	@benchmarks/peers/run.sh $(ARGS)

clean: ## remove .venv, node_modules and every cache in this folder; downloaded models stay in their own cache
	rm -rf $(VENV) $(CONVERT_VENV) $(EXPORT_VENV) .pytest_cache .ruff_cache .hypothesis build *.egg-info node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One check for each thing that a bare machine may lack, each with the remedy.
$(CREATED):
	@command -v $(PYTHON) >/dev/null || { echo "Missing: Python 3.11 or newer ($(PYTHON) not found). Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Missing: Python 3.11 or newer; $(PYTHON) says $$($(PYTHON) -V 2>&1). Name another: make setup PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	    || { echo "Missing: the venv module of $(PYTHON). Debian: apt-get install python3-venv"; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) -V)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --quiet --upgrade "pip>=25.1" # which says how far a download is, and goes on where one broke off

# A compiler is looked for before anything is downloaded. Without one the library comes out of a wheel, where there is one
# for this machine. pip keeps the built wheel in its cache by name and version alone, so one that was built there by other
# settings (for another processor, say) is noticed afterwards, and built anew.
$(INSTALLED): requirements.txt requirements-prebuilt.txt constraints.txt | $(CREATED)
	@free=$$(df -Pm . | awk 'NR == 2 { print $$4 }'); [ "$$free" -ge 1500 ] \
	    || { echo "The disk has $$free MB left here, and set-up needs 1500: make room, then make setup again."; exit 1; }
	@echo 'int main() { return 0; }' | $${CXX:-c++} -x c++ -o $(VENV)/.compiles - 2>/dev/null || { \
	    echo "No C++ compiler that works. To build llama.cpp for yourself: $(COMPILER_HINT), then make clean setup."; \
	    echo "Without one it comes prebuilt."; \
	    $(PIP) install --no-cache-dir -c constraints.txt -r requirements-prebuilt.txt \
	        || { echo "There is no prebuilt llama.cpp for this machine either: $(COMPILER_HINT)"; exit 1; }; }
	@echo "Installing. llama.cpp is built from source the first time: 2 minutes on two cores; pip says 'still running'."
	@$(PIP) install -c constraints.txt -r requirements.txt \
	    || { echo "Set-up stopped; pip's last ERROR above says why. Once that is mended, make setup goes on."; exit 1; }
	@$(PY) -m inzwa.engines.llm.llama.portable || { grep '^llama-cpp-python' requirements.txt >$(VENV)/llama.txt; \
	    $(PIP) cache remove 'llama_cpp_python*' || true; \
	    $(PIP) install --force-reinstall --no-deps -c constraints.txt -r $(VENV)/llama.txt; }
	@touch $@

$(EVAL_INSTALLED): requirements-eval.txt constraints.txt $(INSTALLED)
	@$(PIP) install -c constraints.txt -r requirements-eval.txt
	@touch $@

$(DEV_INSTALLED): requirements-dev.txt requirements-eval.txt requirements-signing.txt constraints.txt $(INSTALLED)
	@$(PIP) install -c constraints.txt -r requirements-dev.txt
	@touch $@

# torch is large and Inzwa never imports it, so it stays out of .venv. llama.cpp comes from pip's wheel cache.
$(CONVERT_INSTALLED): requirements-convert.txt requirements-mlflow.txt requirements-dev.txt constraints.txt $(INSTALLED)
	@$(PYTHON) -m venv $(CONVERT_VENV)
	@$(CONVERT_VENV)/bin/python -m pip --disable-pip-version-check install -c constraints.txt -r requirements-convert.txt
	@touch $@

# Older than .venv-convert's torch: torchaudio, which coqui-tts imports, has no newer release that goes without torchcodec.
$(EXPORT_INSTALLED): requirements-export.txt requirements-dev.txt constraints.txt $(INSTALLED)
	@$(PYTHON) -m venv $(EXPORT_VENV)
	@$(EXPORT_VENV)/bin/python -m pip --disable-pip-version-check install -c constraints.txt -r requirements-dev.txt -r requirements-export.txt
	@touch $@

$(TRAIN_INSTALLED): requirements-train.txt requirements-dev.txt constraints.txt $(INSTALLED)
	@$(PYTHON) -m venv $(TRAIN_VENV)
	@$(TRAIN_VENV)/bin/python -m pip --disable-pip-version-check install -c constraints.txt -r requirements-dev.txt -r requirements-train.txt
	@touch $@

# Tools for the browser code, and axe-core for its tests. Nothing of them is served or packed.
$(NODE_INSTALLED): package.json package-lock.json
	@npm ci --no-audit --no-fund
	@touch $@
