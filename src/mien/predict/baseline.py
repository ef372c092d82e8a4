"""Each face's own level taken off its scores: what a person's face looks like at rest."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mien.errors import MienError
from mien.predict.smoothing import chance, logit

Float = npt.NDArray[np.float32]
_RANGE: Final = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """A neutral level for every numbered face of a clip, found in a second pass over its scores.

    The level is the median, unit by unit, of the frames in which the face was scored: all of them,
    or those of a stretch in which the person was asked to rest. A median over all is the person's
    rest only if each unit is absent for more than half the time. Probabilities are moved on the
    scale of log odds, so that the level becomes `rest`, or less (`below`, `lift`); from intensities
    it is subtracted, and they stay within 0-5. What is moved compares frames of a person, and
    people with each other; it is no longer a calibrated chance.
    """

    start: float | None = None
    """Seconds from which frames are at rest; None for all frames."""
    end: float | None = None
    """Seconds before which they are."""
    rest: float = 0.1
    """Probability that a unit at its level gets, at most. Our choice."""
    below: float = 3.0
    """Times that a unit's odds must grow from its level to the model's threshold, at least: the
    level of a unit with a low threshold becomes less than `rest`, and never counts as present."""
    lift: float = 3.0
    """Times that the move may enlarge odds, at most. Where a model gives a face at rest next to
    nothing, differences are noise, which a move up to `rest` would blow up. Our choice."""
    least: int = 15
    """Scored frames that a level needs; a face with fewer gets no scores, and is named."""

    def provenance(self) -> dict[str, Any]:
        """What the record says of it."""
        return {"name": "median", "passes": 2, **asdict(self)}

    def check(self, *, start: float | None, end: float | None) -> None:
        """Refuse seconds at rest of which nothing is read.

        Args:
            start: seconds at which reading begins.
            end: at which it stops.

        Raises:
            MienError: they lie before the one or after the other.
        """
        if self.start is None or self.end is None:
            return
        if self.end <= (start or 0.0) or (end is not None and end <= self.start):
            raise MienError(
                f"the seconds at rest ({self.start:g} to {self.end:g}) lie outside of what is read",
                remedy="let --start and --end include them, or name others",
            )

    def levels(
        self, scores: npt.NDArray[np.floating], faces: npt.NDArray[np.floating],
        times: npt.NDArray[np.floating],
    ) -> dict[int, Float]:  # fmt: skip
        """Median scores by face number, of faces seen often enough.

        Args:
            scores: (rows, scores), NaN where a face was not scored.
            faces: (rows,) face numbers; negative where there is none.
            times: (rows,) seconds.
        """
        resting = np.ones(len(times), bool)
        if self.start is not None and self.end is not None:
            resting = (times >= self.start) & (times < self.end)
        found: dict[int, Float] = {}
        for number in np.unique(faces[faces >= 0]):
            own = scores[resting & (faces == number)]
            own = own[~np.isnan(own).all(axis=1)]
            if len(own) >= self.least:
                found[int(number)] = np.median(own, axis=0).astype(np.float32)
        return found

    def apply(
        self,
        scores: Float,
        faces: npt.NDArray[np.floating],
        levels: dict[int, Float],
        *,
        thresholds: Sequence[float],
    ) -> Float:
        """Scores with each face's level taken off; NaN for faces without one.

        Args:
            scores: (rows, scores): a probability a unit, then as many intensities or none.
            faces: (rows,) face numbers.
            levels: as `levels` gave them.
            thresholds: of each unit, the model's.
        """
        known = np.full(scores.shape, np.nan, np.float32)
        for number, level in levels.items():
            known[faces == number] = level
        units = len(thresholds)
        move = np.minimum(self._rest(thresholds) - logit(known[:, :units]), np.log(self.lift))
        moved = logit(scores[:, :units]) + move
        lowered = np.clip(scores[:, units:] - known[:, units:], 0, 5)
        return np.concatenate([chance(moved), lowered], axis=1).astype(np.float32)

    def _rest(self, thresholds: Sequence[float]) -> npt.NDArray[np.float64]:
        """(units,) log odds that each unit gets at its level."""
        least = logit(np.asarray(thresholds, np.float64)) - np.log(self.below)
        return np.minimum(least, float(logit(np.array([self.rest]))[0]))


def baseline(text: str | None) -> Baseline | None:
    """The baseline that a user names: `median`, seconds such as `0-5`, or None for none.

    Raises:
        MienError: neither.
    """
    if text is None or text == "none":
        return None
    if text == "median":
        return Baseline()
    found = _RANGE.fullmatch(text)
    if found is None or float(found[1]) >= float(found[2]):
        raise MienError(
            f"{text!r} is no baseline", remedy="use median, or seconds at rest such as 0-5"
        )
    return Baseline(start=float(found[1]), end=float(found[2]))


def unknown(faces: Sequence[npt.NDArray[np.floating]], levels: dict[int, Float]) -> list[int]:
    """Numbers of faces that have no level."""
    seen = {int(number) for part in faces for number in np.unique(part[part >= 0])}
    return sorted(seen - levels.keys())
