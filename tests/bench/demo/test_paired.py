"""Paired differences between the demo's runs, from their predictions as written."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from mien.bench.demo.paired import differences
from mien.bench.demo.plan import Plan

ROWS = 60


def write(plan: Plan, name: str, seed: int, noise: float) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(7)
    truth = draw.integers(0, 2, (ROWS, 2)).astype(np.float32)
    kinds = draw.integers(0, 2, ROWS)
    own = np.random.default_rng(int(noise * 100))
    scores = np.clip(truth * 0.5 + 0.25 + noise * own.normal(size=truth.shape), 0, 1)
    chance = np.clip(kinds * 0.5 + 0.25 + noise * own.normal(size=ROWS), 0, 1)
    columns = {
        "row": np.arange(ROWS)[::-1],
        "subject": [f"s{i % 6}" for i in range(ROWS)],
        "weights": ["last"] * ROWS,
        "part": ["test"] * ROWS,
        "expression_neutral": 1 - chance,
        "expression_happiness": chance,
        "expression_true": np.array(["neutral", "happiness"], dtype=object)[kinds],
    }
    for place, unit in enumerate(("AU06", "AU12")):
        columns |= {unit: scores[:, place].astype(np.float32), f"{unit}_true": truth[:, place]}
        columns |= {f"{unit}_intensity": scores[:, place] * 5}
        columns |= {f"{unit}_intensity_true": truth[:, place] * 2.5}
    table = pa.table(columns)
    other = table.set_column(2, "weights", pa.array(["chosen"] * ROWS))
    path = plan.run_folder(name, seed) / "evaluation" / "predictions.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.concat_tables([other, table]), path)
    return {key: np.asarray(value) for key, value in columns.items()}


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(out=tmp_path)


def test_differences_are_those_of_scikit_learn(plan: Plan) -> None:
    runs = {
        name: write(plan, name, 1, noise)
        for name, noise in (("clef", 0.1), ("clef-no-stage1", 0.3), ("image-only", 0.6))
    }
    found = {(each["second"], each["score"]): each for each in differences(plan, 1)}
    assert len(found) == 6
    for rival in ("clef-no-stage1", "image-only"):
        for score, judge in (
            ("au_f1", lambda t, s: f1_score(t, s >= 0.5)),
            ("au_auc", roc_auc_score),
        ):
            means = [
                np.mean([judge(runs[run][f"{u}_true"], runs[run][u]) for u in ("AU06", "AU12")])
                for run in ("clef", rival)
            ]
            each = found[rival, score]
            assert each["value"] == pytest.approx(means[0] - means[1], abs=1e-9)
            assert each["low"] <= each["value"] <= each["high"]
            assert each["seed"] == 1
    assert found["image-only", "expression_uar"]["value"] > 0


def test_equal_runs_differ_by_nothing(plan: Plan) -> None:
    for name in ("clef", "clef-no-stage1", "image-only"):
        write(plan, name, 0, 0.2)
    assert all(each["value"] == each["low"] == each["high"] == 0 for each in differences(plan, 0))
