"""One face of a clip as the report needs it: curves, events, and what became of each frame."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from mien.facs import au_column
from mien.study.events import Event, Rule, find
from mien.study.tables import Floats, Readings, Source, Track

OK: Final = "ok"
"""Status of a face that was scored."""
Rules = Callable[[int, Floats], Rule]
"""What counts as an event of a unit of a face, whose scores (frames,) are given."""
ELSEWHERE: Final = "not followed"
"""What a frame is to a face when only others were found in it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Face:
    """One face of a clip."""

    readings: Readings = field(repr=False)
    track: Track
    span: slice
    """Frames of the clip from the first with the face to the last: what is shown of it."""
    scores: Mapping[int, Floats] = field(repr=False)
    """(frames,) probability of each unit; NaN where there is none."""
    rules: Mapping[int, Rule] = field(repr=False)
    """What counts as an event of each unit."""
    events: Mapping[int, list[Event]] = field(repr=False)
    """Events of each unit, in order of time."""
    statuses: Mapping[str, npt.NDArray[np.bool_]] = field(repr=False)
    """(frames,) whether each frame has it, by status; those that occur, `ok` first."""

    @property
    def times(self) -> Floats:
        """(frames,) seconds of the frames shown."""
        return self.track.source.times[self.span]

    @property
    def scored(self) -> npt.NDArray[np.bool_]:
        """(frames,) whether the face was scored."""
        return self.statuses.get(OK, np.zeros(len(self.times), np.bool_))

    @property
    def seconds(self) -> float:
        """Seconds of the frames shown, the last one as long as is typical."""
        return float(self.times[-1] - self.times[0]) + self.track.source.step

    @property
    def scored_seconds(self) -> float:
        """Seconds for which the face was scored; a frame lasts until the next."""
        lasts = np.append(np.diff(self.times), self.track.source.step)
        return float(lasts[self.scored].sum())

    def values(self, column: str) -> Floats:
        """(frames,) one column; NaN where there is none, or the table has no such column."""
        if column not in self.readings.table.column_names:
            return np.full(len(self.times), np.nan)
        return self.track.values(self.readings, column)[self.span]

    def at(self, column: str, time: float) -> float:
        """One column in the frame at `time`; NaN where there is none."""
        return float(self.values(column)[np.searchsorted(self.times, time)])

    def level(self, column: str) -> float | None:
        """Median of a column over the frames with the face; None where there is none."""
        known = self.values(column)
        known = known[np.isfinite(known)]
        return float(np.median(known)) if len(known) else None


def face_of(readings: Readings, track: Track, rule: Rules, fate: npt.NDArray[np.object_]) -> Face:
    """Work out one face.

    Args:
        readings: the table.
        track: the face's rows.
        rule: what counts as an event.
        fate: (frames,) of its clip, as from `fates`.
    """
    span = slice(int(track.place.min()), int(track.place.max()) + 1)
    times = track.source.times[span]
    scores = {unit: track.values(readings, au_column(unit))[span] for unit in readings.units}
    rules = {unit: rule(unit, values) for unit, values in scores.items()}
    events = {unit: find(times, scores[unit], rules[unit]) for unit in scores}
    status = np.where(track.status == "", fate, track.status)[span]
    names = sorted(set(status), key=lambda name: (name != OK, name))
    return Face(
        readings=readings,
        track=track,
        span=span,
        scores=scores,
        rules=rules,
        events=events,
        statuses={name: np.asarray(status == name, np.bool_) for name in names},
    )


def fates(readings: Readings, source: Source) -> npt.NDArray[np.object_]:
    """(frames,) status of each frame of a clip that holds no face; `ELSEWHERE` for the others."""
    found = np.full(len(source.times), ELSEWHERE, object)
    rows = readings.table.select(["face", "status"]).take(source.rows)
    for place, face, status in zip(
        source.place, rows["face"].to_pylist(), rows["status"].to_pylist(), strict=True
    ):
        if face is None and place >= 0:
            found[place] = status
    return found
