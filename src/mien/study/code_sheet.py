"""Human codes from a sheet: a row a frame with a column a unit, or a row an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from mien.errors import MienError
from mien.study.coding import CodedEvent, Codes, EventCodes, RowCodes
from mien.study.notation import UNKNOWN, CodeColumn, read_code, read_heading, read_level
from mien.study.sheet import Sheet
from mien.study.tables import Floats

SOURCE = ("source", "file", "filename", "file_name", "video", "media", "media_file_name", "clip")
SUBJECT = ("subject", "participant", "participant_id", "subject_id", "person")
START = ("start", "onset", "begin", "start_s", "start_time", "begin_time")
END = ("end", "offset", "stop", "stop_s", "end_s", "end_time", "stop_time")
DURATION = ("duration", "duration_s")
"""Plain names of columns; the first that is there is read."""
_TIME = ("time", "timestamp", "seconds", "time_s", "t", "pts")
_FRAME = ("frame", "frame_number", "frame_no", "frames")
_UNIT = ("unit", "au", "code", "action_unit", "behavior", "behaviour")
_LEVEL = ("intensity", "level", "strength", "modifier", "modifier_1")
LATEST = 1e8
"""Seconds or frames beyond which nothing lies: three years, or six weeks of film."""


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What a coder's numbers mean."""

    level: float = 1.0
    """Intensity from which a unit counts as present (2 for DISFA's custom)."""
    first_frame: int = 0
    """Number of the clip's first frame in the codes."""
    shift: float = 0.0
    """Seconds added to the codes' times."""
    units: tuple[int, ...] = ()
    """Units that were coded though no event of theirs need be there; with event codes only."""


def codes_of_sheet(sheet: Sheet, habits: Habits) -> list[Codes]:
    """Codes of every clip in a sheet, in order of appearance.

    Raises:
        MienError: neither frames nor events, a cell that is no code, or a table of ours.
    """
    _refuse_summary(sheet)
    columns = {
        name: heading for name in sheet.columns if (heading := read_heading(name)) is not None
    }
    unit = sheet.find(*_UNIT)
    if unit is not None and sheet.seconds(*START) is not None:
        return _event_codes(sheet, unit, habits)
    if columns:
        return _row_codes(sheet, columns, habits)
    raise MienError(
        "the sheet holds no codes",
        remedy="give columns named by unit (AU12) with a row a frame, or columns unit, start, end",
        path=sheet.path,
    )


def _refuse_summary(sheet: Sheet) -> None:
    """A table for statistics has units, starts, ends and intensities, too, and nobody coded it."""
    names = set(sheet.columns)
    lost = any(name.startswith("lost_") for name in names)
    if lost or "mean_change" in names or {"scored", "seconds"} <= names:
        raise MienError(
            "this is a table that `mien summarise` wrote, not somebody's codes",
            remedy="name the coder's own file",
            path=sheet.path,
        )


def _row_codes(sheet: Sheet, columns: dict[str, CodeColumn], habits: Habits) -> list[Codes]:
    levels = {name: _levels(sheet, name) for name in columns}
    loose = np.concatenate([levels[n] for n, c in columns.items() if c.kind == "any"] or [[nan]])
    graded = bool(np.any(loose[~np.isnan(loose)] > 1)) or _has_letters(sheet, columns)
    units = tuple(sorted({column.unit for column in columns.values()}))
    present = np.full((sheet.rows, len(units)), nan)
    intensity = np.full((sheet.rows, len(units)), nan)
    for at, unit in enumerate(units):
        by_kind: dict[str, list[Floats]] = {"any": [], "present": [], "intensity": []}
        for name, column in columns.items():
            if column.unit == unit:
                by_kind[column.kind].append(levels[name])
        said, strength = by_kind["present"], by_kind["intensity"]
        if by_kind["any"] and graded and not strength:
            strength = by_kind["any"]
        elif by_kind["any"]:
            said = said + by_kind["any"]
        if strength:
            intensity[:, at] = _stronger(strength)
            present[:, at] = _above(intensity[:, at], habits.level)
        if said:
            present[:, at] = _above(_stronger(said), np.finfo(np.float64).tiny)
    return [
        _one_clip(
            sheet, np.array(rows), units=units, present=present, intensity=intensity,
            source=name, habits=habits,
        )
        for name, rows in _by_source(sheet).items()
    ]  # fmt: skip


def _one_clip(
    sheet: Sheet,
    rows: np.ndarray,
    *,
    units: tuple[int, ...],
    present: Floats,
    intensity: Floats,
    source: str,
    habits: Habits,
) -> RowCodes:
    seconds, frame = sheet.seconds(*_TIME), sheet.find(*_FRAME)
    times = None if seconds is None else np.array(seconds)[rows] + habits.shift
    frames = None if frame is None else np.array(sheet.numbers(frame))[rows] - habits.first_frame
    if times is None and frames is None:
        if len(rows) > 1:
            raise MienError(
                f"nothing says to which moment of {source or 'the clip'} a row belongs",
                remedy="add a column time (seconds) or frame",
                path=sheet.path,
            )
        frames = np.zeros(1)
    axis = times if times is not None else frames
    assert axis is not None
    if not np.all(np.abs(axis) < LATEST):  # NaN too
        raise MienError(
            "a row has no time or frame, or one beyond all clips",
            remedy="fill the cell in, or remove the row",
            path=sheet.path,
        )
    order = np.argsort(axis, kind="stable")
    if np.any(np.diff(axis[order]) <= 0):
        raise MienError(
            f"two rows of {source or 'the clip'} have one time or frame",
            remedy="leave one row a frame; name the clips in a column source if there are several",
            path=sheet.path,
        )
    return RowCodes(
        source=source,
        subject=_subject(sheet, rows),
        units=units,
        frames=None if frames is None else frames[order].astype(np.int64),
        times=None if times is None else times[order],
        present=present[rows][order],
        intensity=intensity[rows][order],
    )


def _event_codes(sheet: Sheet, unit: str, habits: Habits) -> list[Codes]:
    starts, ends, lengths = sheet.seconds(*START), sheet.seconds(*END), sheet.seconds(*DURATION)
    if starts is None or (ends is None and lengths is None):
        raise MienError(
            "events need a column end or duration", remedy="add one, in seconds", path=sheet.path
        )
    stops = (
        ends if ends is not None else [a + b for a, b in zip(starts, lengths or [], strict=True)]
    )
    found: list[list[CodedEvent]] = []
    level = sheet.text(sheet.find(*_LEVEL))
    for row, cell in enumerate(sheet.text(unit)):
        times = (starts[row] + habits.shift, stops[row] + habits.shift)
        found.append(_events(sheet, row, cell, level[row], times))
    units = {each.unit for row in found for each in row} | set(habits.units)
    return [
        EventCodes(
            source=name,
            subject=_subject(sheet, np.array(rows)),
            units=tuple(sorted(units)),
            events=tuple(each for row in rows for each in found[row]),
        )
        for name, rows in _by_source(sheet).items()
    ]


def _events(
    sheet: Sheet, row: int, cell: str, level: str, times: tuple[float, float]
) -> list[CodedEvent]:
    """Events of one row; a row without a unit only says that its clip was coded."""
    if not cell:
        return []
    code = read_code(cell)
    problem = None
    if code is None:
        problem = f"{cell!r} is no unit or code such as 12, AU12 or 6B+12C"
    elif not -LATEST < times[0] <= times[1] < LATEST:  # NaN too
        problem = "an event has no start, no end, ends before it starts, or is beyond all clips"
    if code is None or problem is not None:
        raise MienError(f"row {row + 1}: {problem}", remedy="mend the row", path=sheet.path)
    codable = not level or level.lower() not in UNKNOWN
    if level and codable:
        code = [(unit, _level(sheet, row, level)) for unit, _ in code]
    return [
        CodedEvent(unit=unit, start=times[0], end=times[1], level=each, codable=codable)
        for unit, each in code
    ]


def _levels(sheet: Sheet, name: str) -> Floats:
    cells = sheet.text(name)
    return np.array([_level(sheet, row, cell) for row, cell in enumerate(cells)], np.float64)


def _level(sheet: Sheet, row: int, cell: str) -> float:
    try:
        return read_level(cell)
    except ValueError:
        raise MienError(
            f"row {row + 1} holds {cell!r}, which is no code",
            remedy="give 0 to 5 or A to E; an empty cell or 9 says that a unit was not coded",
            path=sheet.path,
        ) from None


def _has_letters(sheet: Sheet, columns: dict[str, CodeColumn]) -> bool:
    cells = (cell for name in columns for cell in sheet.text(name))
    return any(cell.upper() in {"A", "B", "C", "D", "E"} for cell in cells)


def _above(values: Floats, level: float) -> Floats:
    return np.where(np.isnan(values), nan, (values >= level).astype(np.float64))


def _stronger(columns: Sequence[Floats]) -> Floats:
    """The larger of both sides, as everywhere in the house; NaN where neither is known."""
    result = columns[0]
    for column in columns[1:]:
        result = np.fmax(result, column)
    return result


def _by_source(sheet: Sheet) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = {}
    for row, name in enumerate(sheet.text(sheet.find(*SOURCE))):
        grouped.setdefault(name, []).append(row)
    return grouped


def _subject(sheet: Sheet, rows: np.ndarray) -> str:
    names = sheet.text(sheet.find(*SUBJECT))
    return next((names[row] for row in rows if names[row]), "")
