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
CONVERT_VENV := .venv-convert
CONVERT_INSTALLED := $(CONVERT_VENV)/.installed
EXPORT_VENV := .venv-export
EXPORT_INSTALLED := $(EXPORT_VENV)/.installed
SOURCES := app.py inzwa tests benchmarks sbom

# llama.cpp without its programs: less to build, nothing lost. Set CMAKE_ARGS to build it your way (BLAS, CUDA).
CMAKE_ARGS ?= -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_SERVER=OFF -DLLAMA_CURL=OFF
export CMAKE_ARGS

# The browser that tests drive. Set CHROMIUM to use another; without one, browser tests are left out, except in CI.
CHROMIUM ?= $(shell for name in chromium chromium-browser google-chrome; do command -v $$name && break; done)
export CHROMIUM

PYTEST_ARGS ?=

.PHONY: help setup models run test test-convert test-export lint sbom bench bench-peers clean

help: ## show this list
	@echo "Inzwa hears Shona, thinks, and answers aloud. make run, then open http://localhost:7860"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo "Variables: INZWA_HOST, INZWA_PORT (where run listens), PYTHON (3.11 or newer), CHROMIUM, PYTEST_ARGS, CMAKE_ARGS"

setup: $(INSTALLED) ## make .venv and install what Inzwa runs on (builds llama.cpp the first time: 4-6 minutes on two cores)

models: $(INSTALLED) ## fetch the models that are not in the cache yet, and check every file
	@$(PY) -m inzwa models fetch

run: models ## serve the page, the socket and the API, with INZWA_HOST and INZWA_PORT if they are set
	@exec $(PY) app.py

test: $(DEV_INSTALLED) models ## run the tests; PYTEST_ARGS="-k silero" picks some
	@if [ -n "$$CHROMIUM" ] || [ "$${CI:-}" = true ]; then \
	    exec $(PY) -m pytest $(PYTEST_ARGS); \
	else \
	    echo "No Chromium found: the browser tests are left out (apt-get install chromium, or CHROMIUM=/path/to/it)."; \
	    exec $(PY) -m pytest -m "not browser and not convert and not export" $(PYTEST_ARGS); \
	fi

test-convert: $(CONVERT_INSTALLED) ## prove the converters against torch and transformers, and the MLflow registry, in a .venv-convert of their own
	@HF_HUB_DISABLE_PROGRESS_BARS=1 exec $(CONVERT_VENV)/bin/python -m pytest -m convert -rP $(PYTEST_ARGS)

test-export: $(EXPORT_INSTALLED) ## prove the export of Coqui voices against torch, in a .venv-export of its own (8 GB)
	@exec $(EXPORT_VENV)/bin/python -m pytest -m export -rP $(PYTEST_ARGS)

lint: $(DEV_INSTALLED) ## check style and formatting
	@$(PY) -m ruff check $(wildcard $(SOURCES))
	@$(PY) -m ruff format --check $(wildcard $(SOURCES))

sbom: $(DEV_INSTALLED) ## write out/sbom.cdx.json: every package and model with version, licence and hashes (CycloneDX)
	@$(PY) -m sbom

bench: $(DEV_INSTALLED) models ## measure what README promises, on this machine
	@for script in $(wildcard benchmarks/[a-z]*.py); do \
	    name=$$(basename $$script .py); echo "== $$name"; $(PY) -m benchmarks.$$name || exit 1; \
	done

bench-peers: $(DEV_INSTALLED) models ## measure Inzwa beside Pipecat, same models and sentences (an environment of its own)
	@benchmarks/peers/run.sh $(ARGS)

clean: ## remove .venv and every cache in this folder; downloaded models stay in their own cache
	rm -rf $(VENV) $(CONVERT_VENV) $(EXPORT_VENV) .pytest_cache .ruff_cache .hypothesis build *.egg-info
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

# llama.cpp comes first: it is the one step that can fail for want of a compiler, and the one that takes minutes.
# pip brings cmake and ninja where the machine has none, and keeps the built wheel in its cache for the next time.
$(INSTALLED): requirements.txt constraints.txt | $(CREATED)
	@echo "Installing. llama.cpp is built from source the first time: 4-6 minutes on two cores; pip says 'still running'."
	@$(PIP) install -c constraints.txt "$$(sed -n 's/^\(llama-cpp-python[^ ]*\).*/\1/p' requirements.txt)" || { \
	    command -v "$${CXX:-c++}" >/dev/null && command -v "$${CC:-cc}" >/dev/null \
	        || echo "Missing: a C++ compiler, to build llama.cpp. Debian: apt-get install g++"; \
	    exit 1; }
	@$(PIP) install -c constraints.txt -r requirements.txt
	@touch $@

$(DEV_INSTALLED): requirements-dev.txt requirements-signing.txt constraints.txt $(INSTALLED)
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
