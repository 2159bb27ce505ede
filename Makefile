# `make help` lists what there is. Every command makes .venv first if it has to.
.PHONY: help book slides teach serve pdf epub lab test matrix links outputs bench pins clean
.DEFAULT_GOAL := help
BIN := .venv/bin
# The matrices are small: one thread each is faster than two that wait for one another.
export OPENBLAS_NUM_THREADS := 1

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

book: .venv/ready ## build the site into _build/html
	$(BIN)/jupyter-book build -W --keep-going .

slides: book ## build the site, and say where its lectures are
	@echo "The lectures, one a chapter, are _build/html/slides/NN-name.html"

# The check comes first: the build takes its time.
teach: .venv/ready ## open a lecture with a live kernel: make teach CHAPTER=11
	@$(BIN)/python tools/teach.py --check "$(CHAPTER)"
	$(MAKE) book
	$(BIN)/python tools/teach.py "$(CHAPTER)"

serve: book ## build the site and serve it on 127.0.0.1:8000
	$(BIN)/python tools/serve.py

pdf: book ## print the whole book into _build/book.pdf
	$(BIN)/python tools/pdf.py

epub: book ## pack the whole book for an e-reader into _build/book.epub
	$(BIN)/python tools/epub.py

lab: .venv/ready ## open the chapters in JupyterLab, with live sliders
	$(BIN)/jupyter-lab --notebook-dir=. chapters

test: book ## run all tests: style, engine, chapters, and the site in a real browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder
	$(BIN)/pytest --numprocesses 2 --dist loadscope --nbval chapters how-fast.ipynb

matrix: .venv/ready ## run chapters and engine tests as other machines would: an hour and a half
	$(BIN)/python tools/matrix.py

# What is broken or has moved is also listed in _build/linkcheck/output.txt.
links: book ## try every link to other sites, over the network
	$(BIN)/jupyter-book build --builder custom --custom-builder linkcheck .

outputs: .venv/ready ## run every chapter from a fresh kernel and save its outputs
	$(BIN)/python tools/outputs.py

bench: book .venv-bench/ready ## measure the engine, beside others, and the sliders
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

pins: .venv/ready ## compile requirements.txt anew from pyproject.toml
	$(BIN)/python tools/pins.py

clean: ## remove everything that was built, but keep .venv and .venv-bench
	rm -rf _build .pytest_cache .ruff_cache

# The engines that ours is compared with, apart from the book's own environment.
.venv-bench/ready: pyproject.toml
	python3 -m venv .venv-bench
	.venv-bench/bin/pip install --disable-pip-version-check --no-input -e .[bench]
	touch $@

.venv/ready: requirements.txt pyproject.toml
	python3 -m venv .venv
	$(BIN)/pip install --disable-pip-version-check --no-input -r requirements.txt
	touch $@
