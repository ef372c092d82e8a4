"""This house's own columns (`table.schema`)."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import pyarrow as pa

from mien.facs import au_column, intensity_column
from mien.predict.layouts.layout import Layout, Scores, Where
from mien.predict.reading import FaceReading, Values
from mien.predict.table import Row, empty_row, face_row, schema


@dataclass(frozen=True, kw_only=True)
class NativeLayout(Layout):
    """Columns of this house; what is not known is null."""

    name: ClassVar[str] = "mien"
    missing: ClassVar[str] = ""

    @cached_property
    def schema(self) -> pa.Schema:
        """Columns in order, with their types."""
        return schema(
            self.columns.units,
            intensity=self.columns.intensity,
            expressions=self.columns.expressions,
            affect=self.columns.affect,
            prompts=self.columns.prompts,
        )

    def face(self, where: Where, reading: FaceReading) -> Row:
        """The row of one face."""
        return face_row(where.source, frame=where.frame, time=where.time, reading=reading)

    def empty(self, where: Where, *, status: str) -> Row:
        """The row of a frame without a face, or of a file that cannot be read."""
        return empty_row(where.source, frame=where.frame, time=where.time, status=status)

    def scores(self, au: Values, intensity: Values | None) -> Scores:
        """Probability and intensity of each unit."""
        units = self.columns.units
        found = {au_column(unit): au[:, place] for place, unit in enumerate(units)}
        if intensity is not None and self.columns.intensity:
            found |= {intensity_column(unit): intensity[:, i] for i, unit in enumerate(units)}
        return found
