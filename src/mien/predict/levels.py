"""Each face's own level taken off readings as they stream."""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from mien.predict.baseline import Baseline, Float
from mien.predict.reading import FaceReading, FrameReading

NO_LEVEL: Final = "no level"
"""Status of a face that was scored, and has no level to take off."""


def scores_of(face: FaceReading) -> Float:
    """(scores,) probabilities of the units, then intensities if there are; NaN if not scored."""
    both = face.au if face.intensity is None else np.concatenate([face.au, face.intensity])
    return both if face.status == "ok" else np.full_like(both, np.nan)


def levels_of(frames: Iterable[FrameReading], baseline: Baseline) -> dict[int, Float]:
    """Levels by face number, of all frames together; their scores are held in memory."""
    faces = [(frame.time, face) for frame in frames for face in frame.faces]
    if not faces:
        return {}
    return baseline.levels(
        np.stack([scores_of(face) for _, face in faces]),
        np.array([face.face for _, face in faces], np.float64),
        np.array([time for time, _ in faces], np.float64),
    )


def take_off(
    frames: Iterable[FrameReading],
    baseline: Baseline,
    levels: dict[int, Float] | None,
    *,
    thresholds: Sequence[float],
) -> Generator[FrameReading, None, None]:
    """Frames with each face's level taken off.

    Args:
        frames: in order of time.
        baseline: how.
        levels: by face number; None where they are not known before (a camera): then they are
            those of the seconds at rest, in which no face has a level yet.
        thresholds: of each unit, the model's.

    Raises:
        ValueError: no levels, and no seconds at rest.
    """
    if levels is None and baseline.end is None:
        raise ValueError("the levels of a stream are known after seconds at rest only")
    resting: list[FrameReading] = []
    for frame in frames:
        if levels is None and baseline.end is not None and frame.time >= baseline.end:
            levels = levels_of(resting, baseline)
            resting = []
        if levels is None:
            resting.append(replace(frame, faces=tuple(map(_bare, frame.faces))))
        known = levels or {}
        faces = tuple(_moved(face, baseline, known, thresholds) for face in frame.faces)
        yield replace(frame, faces=faces)


def _bare(face: FaceReading) -> FaceReading:
    """A face without its landmarks, which take most of its memory."""
    return replace(face, landmarks=face.landmarks[:0])


def _moved(
    face: FaceReading, baseline: Baseline, levels: dict[int, Float], thresholds: Sequence[float]
) -> FaceReading:
    units = len(thresholds)
    number = np.array([face.face], np.float64)
    (moved,) = baseline.apply(scores_of(face)[None], number, levels, thresholds=thresholds)
    return replace(
        face,
        status=NO_LEVEL if face.status == "ok" and face.face not in levels else face.status,
        au=moved[:units],
        intensity=None if face.intensity is None else moved[units:],
    )
