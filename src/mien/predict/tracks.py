"""The same number for the same face from frame to frame, by place, size and motion alone."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from mien.predict.assignment import assign
from mien.predict.reading import Values

PATIENCE: Final = 1.0
"""Seconds for which a number survives without its face; frames further apart lose no number."""
_REACH, _REACH_GROWTH = 0.9, 1.0
"""How far a face may be from where it was expected, or was last, in sides of its box: at once, and
more for every second unseen. Our choice; faces side by side are further apart."""
_GROWTH = 0.6
"""Largest change of log size. Heads that turn change their box by 0.3. Our choice."""
_GLIDE = 0.5
"""Seconds after which a motion has died away to 1/e: heads stop, they do not fly on."""
_MEMORY = 0.06
"""Seconds over which a motion is averaged; a face's box trembles by a few px a frame."""
_ALONE = 10.0
"""More than any pair within reach costs, so that as many as possible go on."""


@dataclass(frozen=True, kw_only=True)
class Track:
    """Where a numbered face was seen last, and how it moved."""

    number: int
    time: float
    """Seconds, of the frame it was seen in last."""
    place: npt.NDArray[np.float64]
    """(3,) centre x, y in px, and log of the side in px."""
    speed: npt.NDArray[np.float64]
    """(3,) change of `place` a second."""

    def expected(self, time: float) -> npt.NDArray[np.float64]:
        """(3,) where it should be by now; its motion fades."""
        return self.place + self.speed * _GLIDE * (1 - np.exp((self.time - time) / _GLIDE))

    def seen(self, place: npt.NDArray[np.float64], time: float) -> "Track":
        """This track with one more sight of its face."""
        passed = max(time - self.time, 1e-3)
        now = (place - self.place) / passed
        weight = 1 - np.exp(-passed / _MEMORY)
        return replace(self, time=time, place=place, speed=self.speed + weight * (now - self.speed))

    def cost(self, place: npt.NDArray[np.float64], time: float) -> float:
        """How ill a face fits: distance in sides and change of log size; infinite out of reach."""
        expected = self.expected(time)
        side = float(np.exp((expected[2] + place[2]) / 2))
        far = float(np.hypot(*(place - expected)[:2])) / side
        from_last = float(np.hypot(*(place - self.place)[:2])) / side  # it may have turned back
        grown = abs(float(place[2] - expected[2]))
        unseen = min(time - self.time, PATIENCE)
        if min(far, from_last) > _REACH + _REACH_GROWTH * unseen or grown > _GROWTH:
            return np.inf
        return far + grown + 0.5 * unseen


class Tracks:
    """Numbers faces within one clip.

    Each frame's faces are assigned, at the least total cost, to the places where the numbered ones
    are expected by their motion; a face unseen for a second gets a new number when it comes back.
    Where frames themselves are a second or more apart, a face in the one before is still awaited.
    No feature of the face is used: this recognises nobody.
    """

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._next = 0
        self._last = -np.inf

    def number(self, boxes: list[Values], time: float) -> list[int]:
        """A number for each box (4,) of the frame at `time` seconds."""
        since = min(time - PATIENCE, self._last)
        self._tracks = [track for track in self._tracks if track.time >= since]
        self._last = time
        places = [_place(box) for box in boxes]
        costs = np.array(
            [[track.cost(place, time) for track in self._tracks] for place in places], np.float64
        ).reshape(len(places), len(self._tracks))
        chosen = assign(costs, alone=_ALONE)
        taken = set(chosen)
        kept = [track for index, track in enumerate(self._tracks) if index not in taken]
        now = [
            self._new(place, time) if index is None else self._tracks[index].seen(place, time)
            for place, index in zip(places, chosen, strict=True)
        ]
        self._tracks = [*now, *kept]
        return [track.number for track in now]

    def missing(self, time: float) -> bool:
        """Whether a numbered face was not in the last frame but may still come back."""
        latest = max((track.time for track in self._tracks), default=time)
        return any(track.time < latest for track in self._tracks) or (
            bool(self._tracks) and latest < time <= latest + PATIENCE
        )

    def cut(self) -> None:
        """Forget where faces were: what follows is another scene, and gets new numbers."""
        self._tracks = []

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything known, as arrays, for a reading that goes on later."""
        return {
            "next": np.array(self._next, np.int64),
            "last": np.array(self._last, np.float64),
            "numbers": np.array([track.number for track in self._tracks], np.int64),
            "times": np.array([track.time for track in self._tracks], np.float64),
            "places": np.array([track.place for track in self._tracks], np.float64).reshape(-1, 3),
            "speeds": np.array([track.speed for track in self._tracks], np.float64).reshape(-1, 3),
        }

    def restore(self, state: dict[str, npt.NDArray[np.generic]]) -> None:
        """Go on from what `state` gave."""
        self._next, self._last = int(state["next"]), float(state["last"])
        parts = (state[name] for name in ("numbers", "times", "places", "speeds"))
        self._tracks = [
            Track(number=int(number), time=float(time), place=place, speed=speed)
            for number, time, place, speed in zip(*parts, strict=True)
        ]

    def _new(self, place: npt.NDArray[np.float64], time: float) -> Track:
        self._next += 1
        return Track(number=self._next - 1, time=time, place=place, speed=np.zeros(3))


def _place(box: Values) -> npt.NDArray[np.float64]:
    """(3,) centre and log side of a box (4,)."""
    left, top, right, bottom = (float(value) for value in box)
    side = float(np.sqrt(max((right - left) * (bottom - top), 1e-6)))
    return np.array([(left + right) / 2, (top + bottom) / 2, np.log(side)])
