"""The first five losses of every smoke recipe, written down: a change that moves them is meant.

To write them anew: MIEN_GOLDEN=1 python -m pytest tests/engine/test_golden.py
"""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from mien.engine.log import METRICS, records
from mien.engine.train import train
from mien.recipes import every

FIRST, LATER = 1e-5, 1e-3
"""Relative tolerances: before the first step processors differ by 3e-6, after some by 2e-4, since
a step magnifies rounding (torch and oneDNN held to SSE, AVX2 and AVX-512)."""
GOLDEN = Path(__file__).with_name("golden.json")
NAMES = [name for name in every() if name.startswith("smoke-")]


def _losses(name, store, folder, *, accumulation=1):
    run = replace(every()[name](), steps=5, init=None, accumulation=accumulation)
    train(run, folder, store=store)
    return [line["loss"] for line in records(folder / METRICS) if "loss" in line]


@pytest.mark.parametrize("name", NAMES)
def test_first_losses(name, store, tmp_path):
    found = _losses(name, store, tmp_path / "run")
    assert len(found) == 5
    known = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if os.environ.get("MIEN_GOLDEN") == "1":
        GOLDEN.write_text(json.dumps({**known, name: found}, indent=1, sort_keys=True) + "\n")
        known[name] = found
    assert found[0] == pytest.approx(known[name][0], rel=FIRST)
    assert found == pytest.approx(known[name], rel=LATER)


@pytest.mark.parametrize("name", NAMES)
def test_first_losses_of_a_split_batch(name, store, tmp_path):
    # Looser: at a ReLU's kink rounding alone can change a gradient visibly (see test_cached).
    known = json.loads(GOLDEN.read_text())
    found = _losses(name, store, tmp_path, accumulation=4)
    assert found == pytest.approx(known[name], rel=2e-3)
