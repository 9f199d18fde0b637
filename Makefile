# Needs Python 3.11 to 3.13, make and a package index; everything else comes into .venv.
#
#   make lab      open the course; ARGS go to JupyterLab: make lab ARGS="--no-browser --port 8899"
#   make test     every check and every test, as CI runs them
#   make lint     style, types, spelling, notebook rules
#   make docs     the documentation, in build/site
#   make bench    ours against its peers: one table, and bench.json

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV ?= .venv
FRONTEND := dcwidgets/frontend

# The first Python that fits; under pyenv a name may exist and still not run.
PYTHON ?= $(shell for p in python3 python3.12 python3.13 python3.11 python; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
  && echo $$p && break; done)

export VIRTUAL_ENV := $(abspath $(VENV))
export PATH := $(VIRTUAL_ENV)/bin:$(PATH)
unexport PYTHONHOME
# Many a container sets it; TensorFlow, compiled anew in each process, takes 15 s to import, not 4.
unexport PYTHONDONTWRITEBYTECODE
# Two threads are what the smallest supported machine has; more make timings noisy, not shorter.
export OMP_NUM_THREADS ?= 2
export TF_CPP_MIN_LOG_LEVEL ?= 2
# The certificates that pip and the browser trust, a company's own among them.
export UV_SYSTEM_CERTS ?= true

# One after the other, whatever -j says: two cores, and timings that mean something.
ifndef CHECKS
.NOTPARALLEL:
endif

.PHONY: help lab test checks lint bench docs lessons screenshots build clean wheel-test requirements format \
  pytest vitest chromium

help:
	@sed -n '3,7s/^# *//p' Makefile

lab: $(VENV)/.package
	dcwidgets lab $(ARGS)

# Downloads leave the cores idle, and a check keeps one busy at most: three at a time.
test: $(VENV)/.lab
	$(MAKE) CHECKS=1 -j 3 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) checks
	$(MAKE) pytest

checks: lint docs vitest

lint: $(VENV)/.dev $(VENV)/.package
	ruff check .
	ruff format --check .
	mypy
	validate-pyproject pyproject.toml
	codespell
	cd $(FRONTEND) && npm run --silent typecheck && npm run --silent lint
	pytest -q tests/notebooks/test_rules.py

chromium: $(VENV)/.dev
	python -m tests.browser.chromium

vitest: $(VENV)/.package
	cd $(FRONTEND) && npm test

# The browser's last, as Playwright leaves an event loop in its process, and of them the longest
# first. A folder named beside its own file would bring its files in their order.
LONGEST := $(patsubst %,tests/browser/test_%.py,lessons course_panel all_widgets)
BROWSER := $(LONGEST) $(filter-out $(LONGEST),$(wildcard tests/browser/test_*.py))

# Two processes on two cores, so one thread each.
pytest: export OMP_NUM_THREADS := 1
pytest: export TF_NUM_INTRAOP_THREADS := 1
pytest: chromium $(VENV)/.dev $(VENV)/.package
	pytest -n 2 --dist loadfile --no-loadscope-reorder tests/notebooks tests/wheel tests/unit $(BROWSER)

# The wheel alone, built and installed where there is no node.
wheel-test: $(VENV)/.dev
	pytest -q tests/wheel

# A warning is an error; pictures of the widgets are shown where `make screenshots` took them.
docs: chromium $(VENV)/.dev $(VENV)/.package
	sphinx-build -q -W --keep-going -d build/site-cache docs build/site
	pytest -q tests/docs

# The lessons with what their cells show, for `make docs`; DCW_QUICK=1 trains less.
lessons: $(VENV)/.dev $(VENV)/.package
	python -m docs.building.run_lessons

bench: $(VENV)/.bench $(VENV)/.package
	python -m tests.bench $(ARGS)

screenshots: $(VENV)/.dev $(VENV)/.package
	python -m tests.browser.screenshots $(ARGS)

format: $(VENV)/.dev $(VENV)/.package
	ruff check --fix-only --quiet .
	ruff format .
	cd $(FRONTEND) && npm run --silent format

# `clean` first: a bundle that exists is packed as it is, however old.
build: clean-build $(VENV)/.dev
	python -m build

clean: clean-build
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis $(FRONTEND)/node_modules

.PHONY: clean-build
clean-build:
	rm -rf dist dcwidgets/static dcwidgets/labextension $(FRONTEND)/lib $(FRONTEND)/*.tsbuildinfo

# ---- the environment ----

# uv installs in seconds what takes pip minutes; pip does where there is no uv for the machine.
$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 found: install one, or name it: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module (Debian, Ubuntu: apt-get install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	python -m pip install --quiet --require-hashes -r requirements/uv.txt || echo "No uv here: pip installs instead, which takes longer"
	touch $@

define install
	@echo "Installing $(1)"
	@{ [ -x $(VENV)/bin/uv ] && uv pip install --quiet $(1); } || python -m pip install --quiet $(1)
endef

$(VENV)/.lab: requirements/lab.txt | $(VENV)/.python
	$(call install,--require-hashes -r $<)
	touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/.lab
	$(call install,--require-hashes -r $<)
	touch $@

$(VENV)/.bench: requirements/bench.txt | $(VENV)/.dev
	$(call install,--require-hashes -r $<)
	touch $@

# ---- the front end and the package, editable ----

NODE_MODULES := $(FRONTEND)/node_modules/.package-lock.json
BUNDLES := dcwidgets/labextension/package.json
SOURCES := $(shell find $(FRONTEND)/src $(FRONTEND)/style $(FRONTEND)/schema -type f 2>/dev/null) \
  $(addprefix $(FRONTEND)/,package.json build.mjs tsconfig.json tsconfig.lab.json install.json)

$(NODE_MODULES): $(FRONTEND)/package-lock.json | $(VENV)/.lab
	cd $(FRONTEND) && node install.mjs
	touch $@

$(BUNDLES): $(SOURCES) $(NODE_MODULES)
	cd $(FRONTEND) && npm run --silent build
	touch $@

# An editable install copies the extension; `develop` links it, so that a rebuilt one shows.
# The link goes first: an install on top of it writes into the working tree, and the next one fails.
$(VENV)/.package: pyproject.toml dcwidgets/_version.py $(BUNDLES) | $(VENV)/.lab
	rm -rf $(VENV)/share/jupyter/labextensions/dcwidgets dcwidgets/labextension/install.json
	$(call install,--no-deps --no-build-isolation --editable .)
	jupyter-builder develop --overwrite . >/dev/null
	touch $@

# ---- the pinned lists; no index addresses in them ----

COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make requirements"

requirements: | $(VENV)/.python
	$(COMPILE) $(UPGRADE) requirements/uv.in -o requirements/uv.txt
	$(COMPILE) $(UPGRADE) pyproject.toml requirements/build.in -o requirements/lab.txt
	$(COMPILE) $(UPGRADE) requirements/build.in -c requirements/lab.txt -o requirements/build.txt
	$(subst --universal,--python-platform x86_64-manylinux_2_28,$(COMPILE)) $(UPGRADE) pyproject.toml \
	  requirements/binder.in --override requirements/binder-override.in \
	  -c requirements/lab.txt -o binder/requirements.txt
	$(COMPILE) $(UPGRADE) pyproject.toml requirements/build.in --extra test --extra dev \
	  -c requirements/lab.txt -o requirements/dev.txt
	$(COMPILE) $(UPGRADE) pyproject.toml requirements/build.in --extra test --extra dev --extra bench \
	  -c requirements/dev.txt -o requirements/bench.txt
