"""The independent reader: counterparts that exist, ranks that are right, and a small run."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from mien.bench.real.truth import (
    BLIND,
    COUNTERPARTS,
    LEVELS,
    measure,
    planned,
    rank_correlation,
    score,
)
from mien.cli.main import main
from mien.errors import MienError
from mien.faces.blendshapes import NAMES
from mien.facs import LAB_AUS


def test_every_unit_has_counterparts_that_the_network_scores():
    assert tuple(COUNTERPARTS) == LAB_AUS
    for names in COUNTERPARTS.values():
        for name in names:
            assert name in NAMES or {name + "Left", name + "Right"} <= set(NAMES)
    assert set(BLIND) <= set(LAB_AUS)


def test_the_page_names_every_unit_with_its_counterpart():
    page = (Path(__file__).parents[3] / "docs" / "truth.md").read_text()
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \| [^|]*\|$", page, flags=re.MULTILINE)
    told = {int(unit): words for unit, words in rows}
    assert told == {
        unit: " + ".join(names) + (" (blind)" if unit in BLIND else "")
        for unit, names in COUNTERPARTS.items()
    }


def test_halves_and_several_are_summed():
    shapes = np.zeros(len(NAMES))
    for value, name in enumerate(("mouthSmileLeft", "mouthSmileRight", "jawOpen"), start=1):
        shapes[NAMES.index(name)] = value
    assert score(shapes, ("mouthSmile",)) == 3.0
    assert score(shapes, ("mouthSmile", "jawOpen")) == 6.0
    assert score(shapes, ("mouth",)) == 0.0


def test_rank_correlation_is_spearman_s(generator):
    first, second = generator.integers(0, 6, 50).astype(float), generator.normal(size=50)
    assert rank_correlation(first, second) == pytest.approx(spearmanr(first, second).statistic)
    assert math.isnan(rank_correlation(np.zeros(5), second[:5]))


def test_a_small_run_and_its_record(tmp_path, capsys):
    words = ["bench", "truth", "--people", "1", "--pictures", "6"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    assert "24 units of the lab" in capsys.readouterr().out
    figures = json.loads((tmp_path / "truth.json").read_text())["figures"]
    assert figures["alone_made"] == len(LAB_AUS) * len(LEVELS)
    assert figures["alone_found"] > 0.9 * figures["alone_made"]
    assert figures["mixed_made"] == 6
    rows = {row["unit"]: row for row in figures["units"]}
    assert set(rows) == set(LAB_AUS)
    for unit in (1, 4, 12, 25, 27, 43):
        assert rows[unit]["alone"] > 0.8
        assert rows[unit]["rise"] > 0.1
    assert planned(people=1, pictures=6) == 1 + 24 * 5 + 6
    assert "mouthDimple (blind)" in (tmp_path / "truth.md").read_text()


def test_numbers_out_of_range_are_refused():
    assert main(["bench", "truth", "--people", "0"]) == 2
    with pytest.raises(MienError, match="hardness"):
        measure(hardness=1.5)
