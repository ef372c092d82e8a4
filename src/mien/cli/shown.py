"""A photo's faces as tables in the terminal."""

import math
from collections.abc import Iterator
from pathlib import Path

from rich.console import Group
from rich.table import Table
from rich.text import Text

from mien.facs import ACTION_UNITS
from mien.predict.photo import Photo
from mien.predict.reading import FaceReading

_BAR = 20


def faces(photo: Photo) -> Group:
    """A table of units for each face, strongest first, with a line on where and how it is seen."""
    name = photo.source or "photo"
    if len(photo) == 0:
        return Group(Text(f"{name}: no face"))
    tables = [_face(name, face) for face in photo]
    return Group(*tables, *([Text(f"purpose: {photo.purpose}")] if photo.purpose else []))


def _face(name: str, face: FaceReading) -> Table:
    turn = face.pose
    title = (
        f"{Path(name).name}, face {face.face}: {face.status}, {face.quality.size:.0f} px, "
        f"yaw {turn.yaw:+.0f}° pitch {turn.pitch:+.0f}° roll {turn.roll:+.0f}°"
    )
    table = Table("", "", "probability", "intensity 0-5", title=title, title_justify="left")
    if face.status != "ok":
        table.caption = f"not read: {face.status}"
        return table
    for row in _rows(face):
        table.add_row(*row)
    return table


def _rows(face: FaceReading) -> Iterator[tuple[str, str, str, str]]:
    intensities = face.intensities
    for unit, chance in sorted(face.aus.items(), key=lambda item: -item[1]):
        known = ACTION_UNITS.get(unit)
        strength = intensities.get(unit, math.nan)
        said = "" if math.isnan(strength) else f"{strength:.1f}"
        yield f"AU{unit:02d}", "" if known is None else known.name, _bar(chance), said
    for phrase, chance in face.answers.items():
        yield "ask", phrase, _bar(chance), ""
    if face.expression is not None:
        for expression, chance in zip(face.expressions, map(float, face.expression), strict=True):
            yield "", expression, _bar(chance), ""
    if face.affect is not None:
        for word, value in zip(("valence", "arousal"), map(float, face.affect), strict=True):
            yield "", word, f"{value:+.2f}", ""


def _bar(chance: float) -> str:
    return f"{chance:.2f} {'█' * round(_BAR * chance)}"
