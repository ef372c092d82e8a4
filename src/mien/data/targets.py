"""Labels of a table as arrays: what is unknown stays NaN or -1."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mien.data.codes import codes
from mien.data.store import column_array
from mien.facs import SIDES, Threshold, au_column, intensity_column, sided_column

Floats = npt.NDArray[np.float32]


def intensity(table: pa.Table, aus: Sequence[int]) -> Floats:
    """Intensities 0 to 5, (n, unit); where only both sides are known, their maximum."""
    return _stack([_intensity(table, au) for au in aus], len(table))


def sided_intensity(table: pa.Table, aus: Sequence[int]) -> npt.NDArray[np.float32]:
    """Intensities 0 to 5 per side, (n, unit, 2), the subject's left first."""
    sides = [
        _stack([_read(table, sided_column(au, side)) for au in aus], len(table)) for side in SIDES
    ]
    return np.stack(sides, axis=-1)


def occurrence(table: pa.Table, aus: Sequence[int], *, threshold: Threshold = 1) -> Floats:
    """Occurrence 0 or 1, (n, unit): as coded, else intensity at or above `threshold`."""
    return _stack([_occurrence(table, au, threshold) for au in aus], len(table))


def expression(table: pa.Table, names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Index in `names` of each row's expression, (n,); -1 if unknown or not listed."""
    return codes(table, "expression", names=names)[0]


def affect(table: pa.Table) -> Floats:
    """Valence and arousal, (n, 2)."""
    return np.stack([_read(table, "valence"), _read(table, "arousal")], axis=1)


def columns(aus: Sequence[int]) -> tuple[str, ...]:
    """The manifest columns that `Targets.from_table` reads."""
    sided = [sided_column(au, side) for au in aus for side in SIDES]
    units = [name for au in aus for name in (au_column(au), intensity_column(au))]
    identity = ("subject", "clip", "activity", "frame")
    return (*identity, "expression", "valence", "arousal", *units, *sided)


@dataclass(frozen=True, kw_only=True, eq=False)
class Targets:
    """Everything a batch says about its rows but the pixels; first axis: the row."""

    aus: tuple[int, ...]
    """Units of the label columns."""
    expressions: tuple[str, ...]
    """Names of the expression classes."""
    subjects: tuple[str, ...]
    """Names behind `subject`, sorted; `clips`, `activities` likewise."""
    clips: tuple[str, ...]
    activities: tuple[str, ...]
    subject: npt.NDArray[np.int64]
    clip: npt.NDArray[np.int64]
    activity: npt.NDArray[np.int64]
    occurrence: Floats
    intensity: Floats
    sided: Floats
    """Intensities by side, (n, unit, 2), the subject's left first."""
    expression: npt.NDArray[np.int64]
    affect: Floats

    def __len__(self) -> int:
        return len(self.subject)

    def __repr__(self) -> str:
        units, classes = len(self.aus), len(self.expressions)
        return f"Targets({len(self)} rows, {units} units, {classes} expressions)"

    @classmethod
    def from_table(
        cls,
        table: pa.Table,
        *,
        aus: Sequence[int] = (),
        expressions: Sequence[str] = (),
        activities: Sequence[str] | None = None,
        threshold: Threshold = 1,
    ) -> "Targets":
        """Read the targets of every row of `table` (columns: see `columns`).

        Args:
            table: rows of a manifest.
            aus: units of the label columns, in order.
            expressions: class names, in order.
            activities: names that fix the activity indices; by default those present, sorted.
            threshold: lowest intensity that counts as occurrence where none is coded.
        """
        subject, subjects = codes(table, "subject")
        clip, clips = codes(table, "clip")
        activity, activity_names = codes(table, "activity", names=activities)
        return cls(
            aus=tuple(aus),
            expressions=tuple(expressions),
            subjects=subjects,
            clips=clips,
            activities=activity_names,
            subject=subject,
            clip=clip,
            activity=activity,
            occurrence=occurrence(table, aus, threshold=threshold),
            intensity=intensity(table, aus),
            sided=sided_intensity(table, aus),
            expression=expression(table, expressions),
            affect=affect(table),
        )


def _read(table: pa.Table, name: str) -> Floats:
    return column_array(table, name).astype(np.float32, copy=False)


def _intensity(table: pa.Table, au: int) -> Floats:
    whole = _read(table, intensity_column(au))
    left, right = (_read(table, sided_column(au, side)) for side in SIDES)
    # np.maximum carries NaN on: with one side unknown the maximum is unknown.
    return np.where(np.isnan(whole), np.maximum(left, right), whole)


def _occurrence(table: pa.Table, au: int, threshold: Threshold) -> Floats:
    coded, graded = _read(table, au_column(au)), _intensity(table, au)
    derived = np.where(np.isnan(graded), np.nan, graded >= threshold).astype(np.float32)
    return np.where(np.isnan(coded), derived, coded)


def _stack(arrays: list[Floats], rows: int) -> Floats:
    return np.stack(arrays, axis=1) if arrays else np.zeros((rows, 0), np.float32)
