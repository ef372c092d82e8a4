"""One person through one clip: of every frame the one face that counts, and what was read of it."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Shaped

from mien.errors import MienError
from mien.facs import au_column, intensity_column
from mien.study.tables import Floats, Readings, Source, Whole

OK = "ok"
"""Status of a frame whose face was scored."""
NO_FACE = "no face"


@dataclass(frozen=True, kw_only=True, eq=False)
class Followed:
    """What was read of one person, on every frame of a clip; a photo is a clip of one frame."""

    source: str
    units: tuple[int, ...]
    thresholds: Floats = field(repr=False)
    """(units,) probability from which a unit counts as present."""
    frames: Whole = field(repr=False)
    """(frames,) numbers as in the table."""
    times: Floats = field(repr=False)
    """(frames,) seconds, rising."""
    status: Shaped[np.ndarray, "frames"] = field(repr=False)
    """(frames,) "ok" where the face was scored, else why not."""
    probability: Floats = field(repr=False)
    """(frames, units) 0 to 1; NaN where the face was not scored."""
    intensity: Floats | None = field(repr=False)
    """(frames, units) 0 to 5; None from a model that estimates none."""
    pose: Floats = field(repr=False)
    """(frames, 3) yaw, pitch, roll in degrees; NaN without a face."""

    @property
    def present(self) -> Floats:
        """(frames, units) 1 present, 0 absent, NaN not scored."""
        above = (self.probability >= self.thresholds).astype(np.float64)
        return np.where(np.isnan(self.probability), np.nan, above)


def follow(readings: Readings, source: Source, *, face: int | None = None) -> Followed:
    """Follow one face through a source.

    Args:
        readings: the table.
        source: one of `tables.sources(readings)`.
        face: number of the face; by default the largest of each frame, which follows one person
            through gaps, after which a face has a new number.

    Raises:
        MienError: the source has no such face.
    """
    if face is not None and face not in source.faces:
        known = ", ".join(map(str, source.faces)) or "none"
        raise MienError(
            f"{source.name} has no face {face}", remedy=f"name another; there are: {known}"
        )
    timed = len(source.times) > 0  # no photo is, nor a clip of which nothing was read
    place = source.place if timed else np.zeros(len(source.rows), np.int64)
    times = source.times if timed else np.zeros(1)
    numbers = {name: _column(readings, source, name) for name in ("frame", "face", "size")}
    chosen = _choose(place, numbers["face"], numbers["size"], len(times), face)
    units = readings.units
    status = np.array(readings.table["status"].take(source.rows).to_pylist(), np.str_)
    frames = np.zeros(len(times))
    frames[place[place >= 0]] = numbers["frame"][place >= 0]
    intense = readings.intensities
    return Followed(
        source=source.name,
        units=units,
        thresholds=np.array([readings.thresholds()[unit] for unit in units], np.float64),
        frames=np.nan_to_num(frames).astype(np.int64),
        times=times,
        status=np.where(chosen >= 0, status[chosen], NO_FACE),
        probability=_columns(readings, source, [au_column(unit) for unit in units], chosen),
        intensity=_columns(readings, source, [intensity_column(unit) for unit in units], chosen)
        if intense
        else None,
        pose=_columns(readings, source, ["yaw", "pitch", "roll"], chosen),
    )


def _choose(place: Whole, face: Floats, size: Floats, frames: int, wanted: int | None) -> Whole:
    """Row of each frame that counts, as a place in the source's rows; -1 where none does."""
    fits = place >= 0
    if wanted is not None:
        fits &= (face == wanted) | np.isnan(face)
    rows = np.flatnonzero(fits)
    order = rows[np.lexsort((-np.nan_to_num(size[rows], nan=-1.0), place[rows]))]
    filled, first = np.unique(place[order], return_index=True)
    chosen = np.full(frames, -1, np.int64)
    chosen[filled] = order[first]
    return chosen


def _column(readings: Readings, source: Source, name: str) -> Floats:
    """Values of a source's rows; NaN where there are none, or no such column."""
    if name not in readings.table.column_names:
        return np.full(len(source.rows), np.nan)
    values = readings.table[name].take(source.rows)
    return np.array(values.cast("float64").to_numpy(), np.float64)


def _columns(readings: Readings, source: Source, names: list[str], chosen: Whole) -> Floats:
    """(frames, names) values of the chosen rows; NaN where none is chosen."""
    if not names:
        return np.zeros((len(chosen), 0))
    table = np.stack([_column(readings, source, name) for name in names], axis=1)
    return np.where(chosen[:, None] >= 0, table[chosen], np.nan)
