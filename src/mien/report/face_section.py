"""The part of a report about one face of a clip."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go

from mien.facs import intensity_column
from mien.report.event_tables import always_there, event_blocks, unit_table
from mien.report.face import OK, Face
from mien.report.lanes import Lane, angles, lanes, whole
from mien.report.page import Block, Details, Figure, Section, Text, Tile, Tiles
from mien.report.pairs import pair_blocks
from mien.report.strips import Columns, cut, heat_strip, status_strip
from mien.report.wording import figure_text, unit_name
from mien.study.cooccurrence import measure
from mien.study.tables import Floats

FULL_INTENSITY: Final = 5.0
"""The highest intensity (FACS E)."""
_ASK: Final = "ask: "
_SPREAD: Final = (0.05, 0.5, 0.95)


@dataclass(frozen=True, kw_only=True)
class Room:
    """How much of a long clip one face may draw and list."""

    buckets: int
    """Parts of the time of which a curve keeps the lowest and highest value."""
    columns: int
    """Columns of a strip."""
    events: int
    """Rows of the table of events."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _View:
    """A face and how it is drawn."""

    face: Face
    columns: Columns
    group: str
    room: Room


def face_section(
    face: Face,
    *,
    title: str,
    group: str,
    room: Room,
    purpose: str,
    pictures: Sequence[Block] = (),
) -> Section:
    """Everything about one face, top to bottom.

    Args:
        face: the face.
        title: heading of the section.
        group: name under which its figures zoom together.
        room: how much of it may be drawn.
        purpose: what expressions were read for; without one they are not shown.
        pictures: blocks with its apexes.
    """
    columns = cut(face.times, most=room.columns, step=face.track.source.step)
    view = _View(face=face, columns=columns, group=group, room=room)
    blocks: list[Block] = [_tiles(face), _status(view)]
    if face.scored.any() and face.scores:
        blocks += [
            _heat(view), *pictures, _lanes(view),
            *always_there(face), *event_blocks(face, most=room.events),
            Details(summary="Units in numbers", blocks=(unit_table(face),)),
        ]  # fmt: skip
    blocks += [*_pose(view), *_asked(view), *_expressions(view, purpose)]
    if face.scored.any() and face.scores:
        scores = np.stack(list(face.scores.values()), axis=1)
        levels = [face.rules[unit].high for unit in face.scores]
        blocks += pair_blocks(list(face.scores), measure(scores, levels))
    return Section(title=title, blocks=tuple(blocks))


def _tiles(face: Face) -> Tiles:
    size, blur, frontal = (face.level(name) for name in ("size", "blur", "frontal"))
    events = sum(map(len, face.events.values()))
    rate = f"{60 * events / face.scored_seconds:.1f} a minute" if face.scored_seconds else ""
    return Tiles(
        tiles=(
            Tile(
                label="scored", value=f"{face.scored_seconds:.1f} s",
                note=f"of {face.seconds:.1f} s, from {face.times[0]:.1f} s on",
            ),
            Tile(label="events", value=f"{events:,}", note=rate),
            Tile(label="size", value=figure_text(size, digits=0), note="px, median"),
            Tile(label="blur", value=figure_text(blur, digits=2), note="0 sharp, 1 blurred"),
            Tile(label="frontal", value=figure_text(frontal, digits=2), note="1 to the camera"),
        )
    )  # fmt: skip


def _status(view: _View) -> Figure:
    face = view.face
    said = ", ".join(
        f"{'scored' if name == OK else name} {int(found.sum()):,}"
        for name, found in face.statuses.items()
    )
    shown = {"scored" if name == OK else name: found for name, found in face.statuses.items()}
    return Figure(
        figure=status_strip(view.columns, shown),
        alt=f"What became of each frame over time. Frames: {said}.",
        caption=f"What became of each frame. Frames: {said}.",
        group=view.group,
    )


def _heat(view: _View) -> Figure:
    face = view.face
    rows = {f"AU{unit}": values for unit, values in face.scores.items()}
    return Figure(
        figure=heat_strip(view.columns, rows, top=1.0, scored=face.scored),
        alt="Probability of every unit over time; the tables have the numbers.",
        caption="Probability of every unit; grey where the face was not scored." + _wide(view),
        group=view.group,
    )


def _lanes(view: _View) -> Figure:
    face = view.face
    graded = set(face.readings.intensities)
    rows = [
        Lane(
            name=f"AU{unit}", title=unit_name(unit), values=values,
            threshold=face.rules[unit].high, events=face.events[unit],
            beside=face.values(intensity_column(unit)) / FULL_INTENSITY if unit in graded else None,
        )
        for unit, values in face.scores.items()
    ]  # fmt: skip
    return Figure(
        figure=_drawn(view, rows),
        alt="Probability of every unit over time with its events; the tables have the numbers.",
        caption="Each unit from 0 to 1; the dotted grid line is its threshold. Bars at the foot "
        "are events, triangles their apexes. Drag across to look closer, double-click for all."
        + _thinned(view),
        group=view.group,
    )


def _pose(view: _View) -> list[Block]:
    pose = {name: view.face.values(name) for name in ("yaw", "pitch", "roll")}
    known = np.isfinite(pose["yaw"])
    if not known.any():
        return []
    said = ", ".join(_angle(name, values[known]) for name, values in pose.items())
    figure = angles(
        view.face.times, pose, columns=view.columns, scored=known, buckets=view.room.buckets
    )
    return [
        Figure(
            figure=figure,
            alt="Yaw, pitch and roll of the head over time.",
            caption=f"Head pose, median and the middle 90 %: {said}." + _thinned(view),
            group=view.group,
        )
    ]


def _asked(view: _View) -> list[Block]:
    phrases = [name for name in view.face.readings.table.column_names if name.startswith(_ASK)]
    rows = [
        Lane(name=f"“{_short(said)}”", title=said, values=view.face.values(f"{_ASK}{said}"))
        for said in (name.removeprefix(_ASK) for name in phrases)
    ]
    return [_extra(view, rows, "Phrases that were asked.")] if rows else []


def _expressions(view: _View, purpose: str) -> list[Block]:
    face = view.face
    names = face.readings.expressions
    affect = [n for n in ("valence", "arousal") if n in face.readings.table.column_names]
    if not names and not affect:
        return []
    if not purpose:
        said = "The table has expressions, but no purpose is stated beside it: they are not shown."
        return [Text(paragraphs=(said,), kind="warning")]
    rows = [Lane(name=name, title=name, values=face.values(f"expression_{name}")) for name in names]
    rows += [
        Lane(
            name=name,
            title=f"({name} + 1) / 2",
            values=(face.values(name) + 1) / 2,
            threshold=0.5,
        )
        for name in affect
    ]
    caption = f"Expressions, read for this purpose: {purpose}."
    if affect:
        caption += " Valence and arousal are drawn from -1 at the foot to 1, 0 on the dotted line."
    return [_extra(view, rows, caption)]


def _extra(view: _View, rows: list[Lane], caption: str) -> Figure:
    return Figure(
        figure=_drawn(view, rows), alt=caption, caption=caption + _thinned(view), group=view.group
    )


def _drawn(view: _View, rows: list[Lane]) -> go.Figure:
    face = view.face
    return lanes(
        face.times, rows, columns=view.columns, scored=face.scored, buckets=view.room.buckets
    )


def _angle(name: str, values: Floats) -> str:
    low, middle, high = (figure_text(float(v), digits=0) for v in np.quantile(values, _SPREAD))
    return f"{name} {middle}° ({low}° to {high}°)"


def _short(phrase: str) -> str:
    return phrase if len(phrase) <= 12 else f"{phrase[:11]}…"


def _wide(view: _View) -> str:
    """What a strip's columns hold, where they hold more than a frame."""
    columns = view.columns
    if columns.count == len(view.face.times):
        return ""
    each = (columns.span[1] - columns.span[0]) / columns.count
    return f" Each column is {each:.2g} s and shows the highest value in it."


def _thinned(view: _View) -> str:
    """What a curve keeps, where it does not keep every frame."""
    times, buckets = view.face.times, view.room.buckets
    if whole(times, buckets=buckets):
        return ""
    each = (times[-1] - times[0]) / buckets
    return f" Of every {each:.2g} s the curves keep the lowest and the highest value."
