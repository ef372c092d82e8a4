"""Faces of a clip from frame to frame: followed by landmarks, searched for, numbered, cut off."""

from typing import Final

import numpy as np
import numpy.typing as npt

from mien.faces.landmarker import Face, Landmarker, distinct
from mien.faces.warp import Image
from mien.predict.cuts import CutDetector
from mien.predict.tracks import Tracks

State = dict[str, npt.NDArray[np.generic]]
_SEARCH_AGAIN: Final = 15
"""Frames after which a clip is searched anew, for faces that came in."""
_LOOK_AGAIN: Final = 3
"""Frames after which it is searched anew while a numbered face is missing."""
_FAR: Final = 0.5
"""Seconds between frames from which nothing is followed, and all is searched for."""


class Follower:
    """Finds and numbers a clip's faces, one frame after the other."""

    def __init__(self, landmarker: Landmarker, max_faces: int | None) -> None:
        self._landmarker = landmarker
        self._max_faces = max_faces
        self._tracks = Tracks()
        self._cuts = CutDetector()
        self._faces: list[Face] = []
        self._since_search = 0
        self._time = -np.inf

    def find(self, image: Image, time: float) -> tuple[list[Face], list[int]]:
        """Faces of the frame at `time` seconds, largest first, and their numbers."""
        if self._cuts.is_cut(image):
            self._faces, self._since_search = [], 0
            self._tracks.cut()
        if time - self._time > _FAR:
            self._faces, self._since_search = [], 0
        self._time = time
        followed = [self._landmarker.follow(image, face) for face in self._faces]
        kept = distinct([face for face in followed if face is not None])
        whole = self._since_search % _SEARCH_AGAIN == 0
        awaited = self._since_search % _LOOK_AGAIN == 0 and self._tracks.missing(time)
        if whole or awaited or len(kept) < len(self._faces) or not kept:
            # between full searches only coarse ones: a clip without faces must not take longest
            found = self._landmarker.detect(image, depth=4 if whole else 2, beside=kept)
            kept = distinct([*kept, *found])
        self._since_search += 1
        self._faces = kept[: self._max_faces]
        return self._faces, self._tracks.number([face.box for face in self._faces], time)

    def state(self) -> State:
        """Everything known, as arrays, for a reading that goes on later."""
        faces = self._faces
        own: State = {
            "clock": np.array([self._time, self._since_search], np.float64),
            "boxes": np.array([face.box for face in faces], np.float32),
            "beliefs": np.array([(face.score, face.presence) for face in faces], np.float64),
            "landmarks": np.array([face.landmarks for face in faces], np.float32),
            "matrices": np.array([face.matrix for face in faces], np.float64),
        }
        parts = {"": own, "tracks.": self._tracks.state(), "cuts.": self._cuts.state()}
        return {
            prefix + key: value for prefix, part in parts.items() for key, value in part.items()
        }

    def restore(self, state: State) -> None:
        """Go on from what `state` gave."""
        clock = np.asarray(state["clock"], np.float64)
        self._time, self._since_search = float(clock[0]), int(clock[1])
        parts = (state[name] for name in ("boxes", "beliefs", "landmarks", "matrices"))
        self._faces = [
            Face(
                box=np.asarray(box, np.float32), score=float(beliefs[0]),
                presence=float(beliefs[1]), landmarks=np.asarray(landmarks, np.float32),
                matrix=np.asarray(matrix, np.float64),
            )
            for box, beliefs, landmarks, matrix in zip(*parts, strict=True)
        ]  # fmt: skip
        self._tracks.restore(part_of(state, "tracks."))
        self._cuts.restore(part_of(state, "cuts."))


def part_of(state: State, prefix: str) -> State:
    """The entries whose names begin so, without that beginning."""
    return {
        key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)
    }
