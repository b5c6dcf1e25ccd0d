# Needs Python 3.11 or newer and make; the rest is installed into .venv, in the versions of
# requirements.lock. Another Python: PYTHON=python3.12 make book. Without PYTHON, .venv keeps
# the one it was made with.

PYTHON ?= $(or $(patsubst .venv/.locked-%,%,$(wildcard .venv/.locked-*)),python3)
TORCH := torch==2.13.0
# cpu: without the gigabytes for a GPU that pip fetches on Linux, from PyTorch's own index.
TORCH_BACKEND ?=
PORT ?= 8000

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Each stamp is written last, so that a set-up cut short is repaired by the next call.
LOCKED := .venv/.locked-$(notdir $(PYTHON))
DLCORE := .venv/.dlcore
READY := .venv/.torch

.DEFAULT_GOAL := help
.PHONY: help book test notebooks lab serve bench conformance mutants exercises grade lint lock clean

help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

book: $(DLCORE) ## Build the book into _build/html
	@rm -rf _build  # a page that is not built anew keeps its warnings to itself
	$(BIN)/jupyter-book build . -n -W --keep-going
	@echo "The book is built, to be read from $(CURDIR)/_build/html/index.html"
	@echo "Its code runs, and exercises are kept, only on pages that a server gives: make serve"

test: $(READY) $(if $(QUICK),,book) ## Run every test, on all cores (QUICK=yes: only what is quick)
	$(BIN)/pytest --nbval -n auto $(if $(QUICK),--quick)

notebooks: $(READY) ## Execute the notebooks that changed and store their outputs
	$(BIN)/python tools/notebooks.py

lab: $(DLCORE) ## Read and change the chapters, and solve the exercises, in JupyterLab
	@# In a container one is root; what Lab then asks, and its question about news, are no use here.
	$(BIN)/jupyter lab --allow-root --LabApp.app_settings_dir=$(CURDIR)/tools/lab

serve: book ## Build the book and serve it on this machine
	@echo "The book is at http://127.0.0.1:$(PORT)/ (Ctrl-C ends it)"
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

bench: $(READY) book ## Measure dlcore against torch, its memory, the pages, and grading
	$(BIN)/python -m tools.bench
	$(BIN)/python -m exercises.grading.bench ch14_training

conformance: $(READY) ## Measure every module against calculus and torch: a page of the book
	$(BIN)/python tools/conformance.py

mutants: $(READY) ## Plant bugs in dlcore and see whether the tests find them (a quarter of an hour)
	$(BIN)/python tools/mutants.py

exercises: $(DLCORE) ## Write every exercise.ipynb anew and try the checks on every slip
	$(BIN)/python -m exercises.writing.generate
	$(BIN)/python -m exercises.writing.trial
	$(BIN)/python -W ignore -m exercises.writing.changes

grade: $(DLCORE) ## Grade a folder of notebooks: make grade SUBMISSIONS=dir [SET= SEEDS= OUT= JOBS=]
	@test -n "$(SUBMISSIONS)" || { \
	    echo "Say where they are: make grade SUBMISSIONS=dir" >&2; exit 1; }
	$(BIN)/python -m exercises.grading.grade --submissions "$(SUBMISSIONS)" \
	    $(if $(SET),--set "$(SET)") $(if $(SEEDS),--seeds "$(SEEDS)") \
	    $(if $(OUT),--out "$(OUT)") $(if $(JOBS),--jobs "$(JOBS)")

lint: $(DLCORE) ## Check style and types
	$(BIN)/ruff check
	$(BIN)/mypy

lock: $(DLCORE) ## Write requirements.lock after a change in pyproject.toml (UPGRADE=yes: all anew)
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --fork-strategy fewest \
	    --python-version 3.11 --generate-hashes --custom-compile-command "make lock" \
	    $(if $(UPGRADE),--upgrade) --quiet --output-file requirements.lock

clean: ## Remove everything that make has made, .venv included
	rm -rf .venv _build .notebooks.json *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "This book needs Python 3.11 or newer, and '$(PYTHON)' is:" \
	         "$$($(PYTHON) --version 2>&1 || true)"; \
	    echo "Name another one, for example: PYTHON=python3.12 make $(MAKECMDGOALS)"; exit 1; } >&2
	@echo "Installing the locked packages into .venv: a few minutes, this once"
	$(PYTHON) -m venv --clear .venv
	$(PIP) install --quiet --require-hashes -r requirements.lock
	@touch $@

$(DLCORE): $(LOCKED) pyproject.toml exercises/pyproject.toml
	$(PIP) install --quiet --no-deps --no-build-isolation --editable . --editable ./exercises
	@touch $@

$(READY): $(DLCORE)
	$(if $(TORCH_BACKEND),$(BIN)/uv pip install --python $(BIN)/python --quiet \
	    --torch-backend $(TORCH_BACKEND),$(PIP) install --quiet) $(TORCH)
	@touch $@
