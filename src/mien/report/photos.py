"""The part of a report about photos: a table with a bar for every unit of every face."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np

from mien.facs import au_column
from mien.report.face import OK
from mien.report.gallery import Entry, Gallery
from mien.report.images import Picture
from mien.report.page import Block, Section, Text
from mien.report.stills import Album, Moment
from mien.study.tables import Readings, Source


@dataclass(frozen=True, kw_only=True)
class PhotoRow:
    """One row of the table about a photo: a face, or that there is none."""

    source: str
    face: int | None
    status: str
    values: tuple[float | None, ...] = field(repr=False)
    """Probability of each unit; None where the face was not scored."""
    moment: Moment | None
    """Where the face is; None where there is none."""


def photo_rows(readings: Readings, photos: Sequence[Source], *, most: int) -> list[PhotoRow]:
    """The first `most` rows about photos, in the table's order."""
    rows = np.concatenate([each.rows for each in photos])[:most] if photos else np.array([], int)
    columns = [au_column(unit) for unit in readings.units]
    sides = ("left", "top", "right", "bottom")
    found = []
    for row in readings.table.take(rows).to_pylist():
        box = [row.get(side) for side in sides]
        placed = row["face"] is not None and all(side is not None for side in box)
        found.append(
            PhotoRow(
                source=row["source"] or "",
                face=row["face"],
                status=row["status"],
                values=tuple(row[name] for name in columns),
                moment=Moment(source=row["source"], time=None, box=tuple(box)) if placed else None,
            )
        )
    return found


def photo_section(
    readings: Readings, rows: Sequence[PhotoRow], album: Album, *, total: int
) -> Section:
    """The gallery.

    Args:
        readings: the table.
        rows: what to show.
        album: pictures of the rows' moments.
        total: rows about photos in the table.
    """
    levels = list(readings.thresholds().values())
    entries = tuple(_entry(row, album, levels) for row in rows)
    blocks: list[Block] = [
        Gallery(
            names=tuple(f"AU{unit}" for unit in readings.units),
            entries=entries,
            caption="Probability of every unit; bold where it reaches the unit's threshold",
        )
    ]
    if total > len(rows):
        said = f"{total - len(rows):,} further rows about photos are in the table only."
        blocks.append(Text(paragraphs=(said,), kind="note"))
    return Section(title="Photos", blocks=tuple(blocks))


def _entry(row: PhotoRow, album: Album, levels: Sequence[float]) -> Entry:
    name = PurePath(row.source).name
    noted = [] if row.face is None else [f"face {row.face}"]
    noted += [] if row.status == OK else [row.status]
    image = None if row.moment is None else album.get(row.moment)
    return Entry(
        name=name,
        note=", ".join(noted),
        picture=None if image is None else Picture(image=image, alt=f"face {row.face} of {name}"),
        values=row.values,
        present=tuple(
            value is not None and value >= level
            for value, level in zip(row.values, levels, strict=True)
        ),
    )
