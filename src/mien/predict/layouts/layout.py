"""What a layout is: named columns, and the row of a face or of a frame without one."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mien.bundle import Bundle
from mien.predict.reading import FaceReading, FrameReading, Values
from mien.predict.table import Row

Scores = Mapping[str, npt.NDArray[np.floating]]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What a reader gives, which decides what a table can hold."""

    units: tuple[int, ...] = ()
    """Unit numbers, in the order of the scores."""
    thresholds: tuple[float, ...] = ()
    """Probability from which each unit counts as present."""
    intensity: bool = False
    """Whether it estimates intensities."""
    expressions: tuple[str, ...] = ()
    """Expression names; empty unless asked for."""
    affect: bool = False
    """Whether it gives valence and arousal."""
    prompts: tuple[str, ...] = ()
    """Phrases that are asked."""


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where a reading comes from."""

    source: str
    """The file."""
    frame: int | None
    """Number of the frame, from 0; None for a file that could not be read."""
    time: float | None
    """Seconds; None for a photo."""
    width: int | None = None
    """Of the frame, px; None where it could not be decoded."""
    height: int | None = None

    @staticmethod
    def of(source: str, reading: FrameReading) -> "Where":
        """Where a clip's frame comes from."""
        return Where(
            source=source, frame=reading.frame, time=reading.time,
            width=reading.width, height=reading.height,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Layout(ABC):
    """Columns of a table and how a reading fills them; small, so that a worker can have its own."""

    columns: Columns
    name: ClassVar[str]
    missing: ClassVar[str] = "nan"
    """What a CSV file writes where a value is not known."""

    @cached_property
    @abstractmethod
    def schema(self) -> pa.Schema:
        """Columns in order, with their types."""

    @abstractmethod
    def face(self, where: Where, reading: FaceReading) -> Row:
        """The row of one face."""

    @abstractmethod
    def empty(self, where: Where, *, status: str) -> Row:
        """The row of a frame without a face, or of a file that cannot be read."""

    @abstractmethod
    def scores(self, au: Values, intensity: Values | None) -> Scores:
        """The columns that depend on the units' scores.

        Args:
            au: (rows, units) probabilities; NaN where a face was not scored.
            intensity: (rows, units), 0-5, or None.

        Returns:
            (rows,) values by column name.
        """

    def rows(self, where: Where, faces: Sequence[FaceReading], *, status: str) -> list[Row]:
        """A row for each face, or the one that says why there is none.

        Args:
            where: the photo or frame.
            faces: its faces.
            status: what the one row says if there are none, as `no face`.
        """
        if not faces:
            return [self.empty(where, status=status)]
        return [self.face(where, face) for face in faces]

    def rescore(self, table: pa.Table, au: Values, intensity: Values | None) -> pa.Table:
        """The table with other scores, in every column that depends on them.

        Args:
            table: rows of this layout.
            au: (rows, units) probabilities; NaN where a row has none.
            intensity: (rows, units), 0-5, or None.
        """
        for name, values in self.scores(au, intensity).items():
            place = table.schema.get_field_index(name)
            field = table.schema.field(place)
            column = pa.array(values, type=field.type, from_pandas=self.missing == "")
            table = table.set_column(place, field, column)
        return table

    def face_scores(self, reading: FaceReading) -> Row:
        """`scores` of one face, as cells."""
        intensity = None if reading.intensity is None else reading.intensity[None]
        found = self.scores(reading.au[None], intensity)
        return {name: float(values[0]) for name, values in found.items()}

    @cached_property
    def blank(self) -> Row:
        """A row of which nothing is known: NaN in every column of numbers, null in the others."""
        return {
            field.name: math.nan if pa.types.is_floating(field.type) else None
            for field in self.schema
        }


def columns_of(
    bundle: Bundle, *, expressions: bool = False, prompts: Sequence[str] = ()
) -> Columns:
    """What a reader with this bundle gives.

    Args:
        bundle: the model's description.
        expressions: whether expressions, valence and arousal were asked for.
        prompts: phrases that are asked.
    """
    has_au = "au" in bundle.outputs
    return Columns(
        units=bundle.aus if has_au else (),
        thresholds=bundle.thresholds if has_au else (),
        intensity="intensity" in bundle.outputs,
        expressions=bundle.expressions if expressions else (),
        affect=expressions and "affect" in bundle.outputs,
        prompts=tuple(prompts),
    )
