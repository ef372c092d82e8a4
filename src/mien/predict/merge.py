"""Sealed parts, in order, into one table; with each face's baseline taken off, if wanted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mien.predict.baseline import Baseline, unknown
from mien.predict.layouts import Layout
from mien.predict.levels import NO_LEVEL
from mien.predict.provenance import SourceRecord
from mien.predict.work import KEYS, ROWS, SCORES, Part, Refusal, Task, Work
from mien.predict.writer import TableWriter

_BLOCK = 8
"""Scores whose medians are taken at once: of a two-hour clip they take 7 MB."""


@dataclass(kw_only=True)
class Merged:
    """What the parts say together."""

    records: list[SourceRecord] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    without_baseline: dict[str, list[int]] = field(default_factory=dict)
    """Faces, by source, that were seen too shortly for a level of their own."""


def gather(work: Work, tasks: Sequence[Task]) -> Merged:
    """Counts and records of all parts, in order."""
    merged = Merged()
    for task in tasks:
        for part in work.parts(task.number):
            merged.statuses.update(part.statuses)
            if part.last:
                merged.records += part.records
                merged.refusals += part.refusals
    return merged


def write_rows(
    work: Work,
    tasks: Sequence[Task],
    writer: TableWriter,
    layout: Layout,
    *,
    baseline: Baseline | None,
    merged: Merged,
) -> None:
    """Every part's rows, in order; faces without a level are added to `merged`."""
    for task in tasks:
        parts = list(work.parts(task.number))
        if baseline is None:
            for part in parts:
                writer.add_table(_rows(part))
            continue
        levels = _levels(parts, baseline)
        without = unknown([_kept(part, KEYS)[:, 0] for part in parts], levels)
        if without:
            merged.without_baseline[str(task.sources[0].path)] = without
        for part in parts:
            table, lost = _moved(part, layout, baseline, levels)
            writer.add_table(table)
            merged.statuses.update({"ok": -lost, NO_LEVEL: lost})
    merged.statuses = +merged.statuses


def _levels(parts: Sequence[Part], baseline: Baseline) -> dict[int, npt.NDArray[np.float32]]:
    """Level of every face of a clip, a few scores at a time."""
    keys = np.concatenate([_kept(part, KEYS) for part in parts])
    scores = [_kept(part, SCORES) for part in parts]
    found: dict[int, list[npt.NDArray[np.float32]]] = {}
    for start in range(0, scores[0].shape[1], _BLOCK):
        block = np.concatenate([part[:, start : start + _BLOCK] for part in scores])
        for number, level in baseline.levels(block, keys[:, 0], keys[:, 1]).items():
            found.setdefault(number, []).append(level)
    return {number: np.concatenate(levels) for number, levels in found.items()}


def _moved(
    part: Part,
    layout: Layout,
    baseline: Baseline,
    levels: dict[int, npt.NDArray[np.float32]],
) -> tuple[pa.Table, int]:
    """A part's rows with levels taken off, and how many were scored but have none."""
    thresholds = layout.columns.thresholds
    units = len(thresholds)
    scores = np.asarray(_kept(part, SCORES), np.float32)
    faces = np.asarray(_kept(part, KEYS)[:, 0])
    moved = baseline.apply(scores, faces, levels, thresholds=thresholds)
    intensity = moved[:, units:] if layout.columns.intensity else None
    table = layout.rescore(_rows(part), moved[:, :units], intensity)
    lost = (faces >= 0) & ~np.isin(faces, list(levels)) & ~np.isnan(scores).all(axis=1)
    place = table.schema.get_field_index("status")
    field, status = table.schema.field(place), table["status"].to_pylist()
    said = [NO_LEVEL if gone else each for gone, each in zip(lost, status, strict=True)]
    return table.set_column(place, field, [pa.array(said, field.type)]), int(lost.sum())


def _rows(part: Part) -> pa.Table:
    # not `pq.read_table`, which imports what reads folders of tables
    with pq.ParquetFile(part.folder / ROWS) as file:
        return file.read()


def _kept(part: Part, name: str) -> npt.NDArray[np.floating]:
    return np.load(part.folder / name, mmap_mode="r", allow_pickle=False)
