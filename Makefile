# Two commands do all set-up: `make demo` (the whole path) and `make test`.
PYTHON ?= python3
ENV    := .venv
BIN    := $(ENV)/bin
READY  := $(ENV)/.ready
LIGHT  := $(ENV)-light
PEERS  := $(ENV)-peers
export HF_HUB_OFFLINE := 1
export OMP_WAIT_POLICY := PASSIVE

.PHONY: demo test lint chromium unit compiled light bench bench-peers soak docs clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "mien needs Python 3.11 or newer: make PYTHON=python3.11"'
	$(PYTHON) -m venv $(ENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train,serve,fast,docs,dev]'
	touch $@

demo: $(READY)
	$(BIN)/mien assets fetch demo
	$(BIN)/mien demo --out demo

test: $(READY) lint chromium
	$(BIN)/mien assets fetch test
	$(MAKE) unit compiled light docs

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/pyright

# The page is tested in a real browser.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq chromium; \
	  else echo "Chromium is needed to test the page; remedy: sudo apt-get install chromium" >&2; exit 1; fi

unit: $(READY) chromium
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not compiled" -n 2 --dist loadfile

# torch.compile cannot trace through the type hook, so it has a pass of its own.
compiled: $(READY)
	$(BIN)/python -m pytest -m compiled -o addopts="--strict-markers --import-mode=importlib --timeout=600"

# The reading half, installed as a user installs it, with both runners: no torch anywhere.
light: $(READY)
	$(PYTHON) -m venv $(LIGHT)
	$(LIGHT)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt '.[fast]' pytest pytest-timeout onnx hypothesis
	$(LIGHT)/bin/python -c 'import importlib.util as u; assert u.find_spec("torch") is None'
	$(LIGHT)/bin/python -m pytest tests/predict tests/faces tests/assets tests/study tests/text tests/test_*.py -o addopts="--strict-markers --import-mode=importlib --timeout=600"

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(READY)
	$(BIN)/mien assets fetch demo
	$(BIN)/mien bench render --out docs/results
	$(BIN)/mien bench loader --out docs/results
	$(BIN)/mien bench reader --out docs/results
	$(BIN)/mien bench reader --runner onnxruntime --out docs/results
	$(BIN)/mien bench serve --out docs/results
	$(BIN)/mien bench losses --out docs/results
	$(BIN)/mien bench face-swap --out docs/results
	$(BIN)/mien demo --seeds 3 --out demo-bench --results docs/results

# Others' training code beside ours, in an environment of its own: it brings torchvision.
bench-peers:
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r scripts/peers/requirements.txt -e '.[train]'
	OMP_NUM_THREADS=1 $(PEERS)/bin/python scripts/peers/steps.py --out docs/results

soak: $(READY)
	$(BIN)/mien assets fetch test
	MIEN_SOAK=1 $(BIN)/python -m pytest tests/soak --timeout=3600

clean:
	rm -rf demo demo-bench site dist build $(LIGHT) $(PEERS)
