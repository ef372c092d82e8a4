"""Readings over time made steadier, on request and by name: the One-Euro filter."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mien.errors import MienError
from mien.predict.reading import FaceReading, FrameReading, Values

Array = npt.NDArray[np.float64]
_EDGE: Final = 1e-4
"""Probabilities closer than this to 0 or 1 have no more logit."""


@dataclass(frozen=True, kw_only=True)
class Smoothing:
    """The One-Euro filter (Casiez, Roussel and Vogel, 2012, CHI, eq. 1-5), on a face's scores.

    A low-pass whose cutoff rises with the speed of change: what rests is steadied, what moves is
    hardly delayed. It is causal, sees the time that really passed between frames, and starts anew
    after a gap. Probabilities are filtered as logits, intensities and affect as they are. The
    parameters are our choice, not tuned on any corpus.
    """

    name: str = "one-euro"
    cutoff: float = 1.5
    """Hz, of what rests: slow changes come 1 / (2π · 1.5) = 0.11 s late."""
    speed: float = 0.5
    """Hz of cutoff for each unit a second of change (logits, or steps of intensity)."""
    speed_cutoff: float = 1.0
    """Hz, of the speed itself."""
    gap: float = 0.5
    """Seconds without a score, after which a face is taken up anew."""

    def provenance(self) -> dict[str, Any]:
        """What the record says of it."""
        return {**asdict(self), "delay_at_rest_s": round(1 / (2 * np.pi * self.cutoff), 4)}


def smoothing(name: str | None) -> Smoothing | None:
    """The smoothing of that name; None for none.

    Raises:
        MienError: no such smoothing.
    """
    if name is None or name == "none":
        return None
    if name != Smoothing.name:
        raise MienError(
            f"there is no smoothing named {name!r}", remedy=f"use {Smoothing.name} or none"
        )
    return Smoothing()


class Smoother:
    """Filters the readings of one clip, frame by frame, each numbered face on its own."""

    def __init__(self, settings: Smoothing) -> None:
        self._settings = settings
        self._faces: dict[int, tuple[float, Array, Array]] = {}

    def apply(self, frame: FrameReading) -> FrameReading:
        """The frame with steadier scores; a face that was not scored stays so."""
        self._faces = {
            number: known
            for number, known in self._faces.items()
            if frame.time - known[0] <= self._settings.gap
        }
        faces = tuple(
            self._smooth(face, frame.time) if face.status == "ok" else face for face in frame.faces
        )
        return replace(frame, faces=faces)

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything known, as arrays, for a reading that goes on later."""
        known = list(self._faces.values())
        return {
            "numbers": np.array(list(self._faces), np.int64),
            "times": np.array([time for time, _, _ in known], np.float64),
            "values": np.array([value for _, value, _ in known], np.float64),
            "speeds": np.array([speed for _, _, speed in known], np.float64),
        }

    def restore(self, state: dict[str, npt.NDArray[np.generic]]) -> None:
        """Go on from what `state` gave."""
        parts = (state[name] for name in ("numbers", "times", "values", "speeds"))
        self._faces = {
            int(number): (float(time), value, speed)
            for number, time, value, speed in zip(*parts, strict=True)
        }

    def _smooth(self, face: FaceReading, time: float) -> FaceReading:
        values = _gather(face)
        known = self._faces.get(face.face)
        if known is None:
            self._faces[face.face] = (time, values, np.zeros_like(values))
            return face
        self._faces[face.face] = (time, *self._step(values, time - known[0], known[1], known[2]))
        return _scatter(face, self._faces[face.face][1])

    def _step(self, values: Array, passed: float, last: Array, speed: Array) -> tuple[Array, Array]:
        """Filtered values and their speed (eq. 1-5)."""
        passed = max(passed, 1e-3)
        settings = self._settings
        moving = (values - last) / passed
        speed = speed + _share(np.array(settings.speed_cutoff), passed) * (moving - speed)
        share = _share(settings.cutoff + settings.speed * np.abs(speed), passed)
        return last + share * (values - last), speed


def _share(cutoff: Array, passed: float) -> Array:
    """How much of a new value is taken: 1 / (1 + tau / T), tau = 1 / (2π · cutoff)."""
    return np.asarray(1 / (1 + 1 / (2 * np.pi * cutoff * passed)), np.float64)


def logit(probability: npt.NDArray[np.floating]) -> Array:
    """Log odds, of probabilities held within 1e-4 and 1 - 1e-4; NaN stays NaN."""
    held = np.clip(np.asarray(probability, np.float64), _EDGE, 1 - _EDGE)
    return np.asarray(np.log(held / (1 - held)), np.float64)


def chance(logits: Array) -> Values:
    """Probability of log odds."""
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def _gather(face: FaceReading) -> Array:
    """Every score of a face in one row."""
    nothing = np.zeros(0, np.float32)
    chances = (face.au, face.expression, face.asked)
    plain = (face.intensity, face.affect)
    return np.concatenate(
        [
            *(logit(nothing if part is None else part) for part in chances),
            *(nothing if part is None else part for part in plain),
        ]
    ).astype(np.float64)


def _scatter(face: FaceReading, values: Array) -> FaceReading:
    """The face with the scores of such a row; expressions sum to 1 again."""
    parts = (face.au, face.expression, face.asked, face.intensity, face.affect)
    ends = np.cumsum([0 if part is None else len(part) for part in parts])[:-1]
    au, expression, asked, intensity, affect = np.split(values, ends)
    shares = chance(expression)
    return replace(
        face,
        au=chance(au),
        expression=None if face.expression is None else shares / max(float(shares.sum()), 1e-9),
        asked=None if face.asked is None else chance(asked),
        intensity=None if face.intensity is None else intensity.astype(np.float32),
        affect=None if face.affect is None else affect.astype(np.float32),
    )
