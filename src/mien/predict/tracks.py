"""The same number for the same face from frame to frame, by overlap alone."""

import numpy as np

from mien.faces.detector import overlap
from mien.predict.reading import Values

_OVERLAP = 0.3
_PATIENCE = 1.0


class Tracks:
    """Numbers faces within one clip.

    Greedy matching of boxes by intersection over union; a face unseen for a second gets a new
    number when it comes back. No feature of the face is used: this recognises nobody.
    """

    def __init__(self) -> None:
        self._last: dict[int, tuple[Values, float]] = {}
        self._next = 0

    def number(self, boxes: list[Values], time: float) -> list[int]:
        """A number for each box (4,) of the frame at `time` seconds."""
        self._last = {
            track: (box, seen) for track, (box, seen) in self._last.items()
            if time - seen <= _PATIENCE
        }  # fmt: skip
        pairs = sorted(
            (
                (overlap(box.astype(np.float64), known.astype(np.float64)), place, track)
                for place, box in enumerate(boxes)
                for track, (known, _) in self._last.items()
            ),
            key=lambda pair: -pair[0],
        )
        given: dict[int, int] = {}
        for value, place, track in pairs:
            if value > _OVERLAP and place not in given and track not in given.values():
                given[place] = track
        for place in range(len(boxes)):
            if place not in given:
                given[place] = self._next
                self._next += 1
            self._last[given[place]] = (boxes[place], time)
        return [given[place] for place in range(len(boxes))]
