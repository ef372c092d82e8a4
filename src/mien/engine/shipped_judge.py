"""What a bundle is worth on people of the lab it has not met: units, groups, phrases.

The bundle itself is judged, as `mien predict` runs it, on canonical crops of held-out people under
held-out lights and cameras.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from mien.data.store import Store
from mien.data.tables import read_table
from mien.data.targets import Targets, columns
from mien.data.views import resize
from mien.engine.shipped_geometry import KIND, NAME
from mien.faces import blendshapes
from mien.faces.counterparts import COUNTERPARTS
from mien.facs.statements import TAUGHT, UNSEEN
from mien.methods.truth import truths
from mien.metrics.auc import auc
from mien.metrics.calibration import expected_calibration_error
from mien.metrics.categorical import confusion, uar
from mien.metrics.concordance import ccc
from mien.metrics.f1 import f1_at
from mien.metrics.icc import icc_per_label
from mien.predict.ask import understood
from mien.predict.model import Model
from mien.text.sentence import SentenceEncoder

Floats = npt.NDArray[np.float32]
GROUPS: Final[Mapping[str, tuple[str, tuple[float, ...], tuple[str, ...]]]] = {
    "skin": ("melanin", (0.33, 0.66), ("fair", "medium", "dark")),
    "sex": ("sex", (0.5,), ("female", "male")),
    "age": ("age", (30.0, 55.0), ("below 30", "30 to 55", "above 55")),
    "glasses": ("glasses", (0.5,), ("without", "with")),
}
"""Columns of a store, where they are cut, and what the pieces are called."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Held:
    """A store's pictures as a bundle takes them, with their labels."""

    crops: npt.NDArray[np.uint8] = field(repr=False)
    shapes: Floats | None = field(repr=False)
    """Geometry, from the table beside the store; None without one."""
    targets: Targets
    groups: Mapping[str, npt.NDArray[np.int64]]
    """Which group each row belongs to, by what people are grouped by; -1 unknown."""


def hold(store: Path, model: Model, *, shaped: bool) -> Held:
    """Read a store.

    Args:
        store: with or without a table of geometry beside it.
        model: says size, units and expressions.
        shaped: whether geometry is wanted.

    Raises:
        MienError: geometry is wanted and not there.
    """
    with closing(Store(store)) as opened:
        names = [column for column, _, _ in GROUPS.values()]
        units, classes = model.bundle.aus, model.bundle.expressions
        table = opened.select(columns(units))
        found = {name: opened.column(name).astype(np.float64) for name in names}
        shapes = read_table(opened, NAME, kind=KIND).astype(np.float32) if shaped else None
        return Held(
            crops=crops_of(opened, np.arange(len(opened)), model.bundle.size),
            shapes=shapes,
            targets=Targets.from_table(table, aus=units, expressions=classes),
            groups={name: _cut(found[column], at) for name, (column, at, _) in GROUPS.items()},
        )


def judged(model: Model, held: Held, *, shaped: bool) -> dict[str, Any]:
    """Every figure of a bundle on held-out people; NaN becomes None.

    Args:
        model: the bundle.
        held: pictures and labels.
        shaped: whether it is shown geometry; without, it reads pixels alone.
    """
    found = model.score(held.crops, geometry=held.shapes if shaped else None)
    known, bundle = held.targets, model.bundle
    limits = np.array(bundle.thresholds)
    units = [f"AU{unit}" for unit in bundle.aus]
    scores = {
        "f1": f1_at(found["au"], known.occurrence, threshold=limits),
        "auc": auc(found["au"], known.occurrence),
        "icc": icc_per_label(found["intensity"], known.intensity),
    }
    result: dict[str, Any] = {
        "pictures": len(known),
        "people": len(known.subjects),
        **{f"mean_{name}": each.summary(units).mean for name, each in scores.items()},
        "units": {
            unit: {
                "positives": int(np.nansum(known.occurrence[:, place])),
                **{name: float(each.values[place]) for name, each in scores.items()},
            }
            for place, unit in enumerate(units)
        },
        "calibration_error": expected_calibration_error(found["au"], known.occurrence),
        "groups": _groups(found["au"], held, limits),
    }
    said = found["expression"].argmax(1)
    matrix = confusion(said, known.expression, classes=len(bundle.expressions))
    result["expression_uar"] = uar(matrix, bundle.expressions).mean
    result["affect_ccc"] = ccc(found["affect"], known.affect).summary(("valence", "arousal")).mean
    return plain(result)


def blended(held: Held, units: tuple[int, ...]) -> dict[str, Any]:
    """The blendshape scores alone as readers of the units that they come nearest to."""
    assert held.shapes is not None
    seen = ~np.isnan(held.shapes).any(axis=1)
    scores = held.shapes[:, -len(blendshapes.NAMES) :]
    found = {}
    for place, unit in enumerate(units):
        if unit in COUNTERPARTS:
            column = counterpart(scores, COUNTERPARTS[unit])
            truth = held.targets.occurrence[:, [place]]
            found[f"AU{unit}"] = float(auc(column[seen, None], truth[seen]).values[0])
    return plain({"auc": found, "mean_auc": float(np.nanmean(list(found.values())))})


def counterpart(scores: Floats, name: str) -> Floats:
    """A blendshape's scores (row,): the larger of its two sides where it has two."""
    sides = [name] if name in blendshapes.NAMES else [f"{name}Left", f"{name}Right"]
    return scores[:, [blendshapes.NAMES.index(side) for side in sides]].max(axis=1)


def asked(model: Model, held: Held, encoder: SentenceEncoder) -> dict[str, Any]:
    """How well free phrases are answered: taught and held wordings, and statements never taught."""
    embedding = model.score(held.crops, geometry=held.shapes)["embedding"]
    kinds = {
        "taught wordings": [(each, each.wordings) for each in TAUGHT],
        "held wordings": [(each, each.held) for each in TAUGHT],
        "statements never taught": [(each, each.held) for each in UNSEEN],
    }
    result: dict[str, Any] = {}
    known = held.targets
    for kind, pairs in kinds.items():
        statements = [each for each, _ in pairs]
        truth = truths(
            statements,
            aus=known.aus,
            expressions=known.expressions,
            intensity=torch.from_numpy(known.intensity),
            sided=torch.from_numpy(known.sided),
            expression=torch.from_numpy(known.expression),
        ).numpy()
        areas: dict[str, float] = {}
        gaps = []
        for place, (each, said) in enumerate(pairs):
            chance = model.ask(embedding, understood(said, model, encoder))
            one = np.repeat(truth[:, [place]], len(said), axis=1)
            areas[each.name] = _mean(auc(chance, one).values)
            gaps.append(expected_calibration_error(chance, one))
        result[kind] = {
            "phrases": sum(len(said) for _, said in pairs),
            "mean_auc": _mean(np.array(list(areas.values()))),
            "calibration_error": _mean(np.array(gaps)),
            "auc": areas,
        }
    return plain(result)


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The same with numbers that are not finite as None, for JSON."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value


def _groups(scores: Floats, held: Held, limits: npt.NDArray[np.float64]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, (_, _, pieces) in GROUPS.items():
        for place, piece in enumerate(pieces):
            rows = held.groups[name] == place
            if not rows.any():
                continue
            truth = held.targets.occurrence[rows]
            result[f"{name}: {piece}"] = {
                "pictures": int(rows.sum()),
                "mean_f1": _mean(f1_at(scores[rows], truth, threshold=limits).values),
                "mean_auc": _mean(auc(scores[rows], truth).values),
            }
    return result


def _mean(values: npt.NDArray[np.floating]) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _cut(values: npt.NDArray[np.float64], at: tuple[float, ...]) -> npt.NDArray[np.int64]:
    places = np.digitize(values, at)
    return np.where(np.isnan(values), -1, places).astype(np.int64)


def crops_of(store: Store, rows: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.uint8]:
    """Rows of a store as crops for a bundle, (row, size, size, 3)."""
    parts = []
    for start in range(0, len(rows), 256):
        images = torch.from_numpy(store.images(rows[start : start + 256])).permute(0, 3, 1, 2)
        small = (resize(images, size) * 255).round().to(torch.uint8)
        parts.append(np.ascontiguousarray(small.permute(0, 2, 3, 1).numpy()))
    return np.concatenate(parts)
