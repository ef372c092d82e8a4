"""The demo's runs on the same test people: paired differences with intervals over subjects."""

from typing import Any, Final

import numpy as np
import pyarrow.parquet as pq

from mien.bench.demo.plan import Plan
from mien.engine.evaluate import PREDICTIONS
from mien.facs import read_column
from mien.metrics.bootstrap import Difference
from mien.metrics.paired import paired_auc, paired_f1, paired_uar

FIRST: Final = "clef"
RIVALS: Final = ("clef-no-stage1", "image-only")
_CHANCE: Final = "expression_"
_TRUE: Final = "_true"


def differences(plan: Plan, seed: int) -> list[dict[str, Any]]:
    """`clef` minus each rival at one seed: `{score, first, second, seed, value, low, high}`."""
    first = _predictions(plan, FIRST, seed)
    found = []
    for rival in RIVALS:
        second = _predictions(plan, rival, seed)
        for score, difference in _compare(first, second).items():
            place = {"score": score, "first": FIRST, "second": rival, "seed": seed}
            ends = {"value": difference.value, "low": difference.low, "high": difference.high}
            found.append({**place, **ends})
    return found


def _compare(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> dict[str, Difference]:
    names = [name for name in first if _is_occurrence(name)]
    one, two = (np.stack([run[name] for name in names], 1) for run in (first, second))
    truth = np.stack([first[name + _TRUE] for name in names], 1)
    subjects = first["subject"]
    classes = [n for n in first if n.startswith(_CHANCE) and n != _CHANCE + "true"]
    known = first[_CHANCE + "true"] != ""
    order = {name.removeprefix(_CHANCE): place for place, name in enumerate(classes)}
    mine, theirs = (
        np.stack([run[c] for c in classes], 1).argmax(1)[known] for run in (first, second)
    )
    true = np.asarray([order[name] for name in first[_CHANCE + "true"][known]], np.int64)
    return {
        "au_f1": paired_f1(one, two, truth, subjects),
        "au_auc": paired_auc(one, two, truth, subjects),
        "expression_uar": paired_uar(mine, theirs, true, subjects[known], classes=len(classes)),
    }


def _is_occurrence(name: str) -> bool:
    column = read_column(name)
    return column is not None and not column.intensity and column.side is None


def _predictions(plan: Plan, name: str, seed: int) -> dict[str, np.ndarray]:
    """The columns of one run's predictions of the last epoch on test rows, in the store's order."""
    table = pq.read_table(plan.run_folder(name, seed) / "evaluation" / PREDICTIONS)
    last = table["weights"].to_numpy(zero_copy_only=False) == "last"
    test = table["part"].to_numpy(zero_copy_only=False) == "test"
    kept = table.take(np.flatnonzero(last & test)).sort_by("row")
    return {name: kept[name].to_numpy(zero_copy_only=False) for name in kept.column_names}
