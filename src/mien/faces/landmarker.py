"""Faces in an image: 478 landmarks each, by the FaceLandmarker networks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.faces import region
from mien.faces.blendshapes import Blendshapes
from mien.faces.detector import DEPTH, Detector, overlap
from mien.faces.networks import LANDMARKS, RunnerName, load
from mien.faces.warp import Image, Matrix, apply, invert, resample, scale_of

_PRESENT = 0.5
_SURE, _SURELY_PRESENT = 0.65, 0.99
"""A detection scoring below the first must be present by the second: badges and folds of cloth
in tiles scored 0.52-0.54 and were "present" by 0.94-0.96; of 400 ORL faces none scored below 0.73,
nor was any present by less than 0.9999."""
_SAME = 0.4


@dataclass(frozen=True, kw_only=True)
class Face:
    """One face of an image. Coordinates in image px, pixel centres at integer + 0.5."""

    box: npt.NDArray[np.float32]
    """(4,) left, top, right, bottom of the landmarks."""
    score: float
    """The detector's score, 0-1; for a followed face, that of its last detection."""
    landmarks: npt.NDArray[np.float32]
    """(478, 3): x, y, and depth z in the same unit, smaller towards the camera."""
    presence: float
    """The landmark network's belief that this is a face, 0-1."""
    matrix: Matrix
    """(2, 3) image px to the 256-px view in which the landmarks were found."""

    def __repr__(self) -> str:
        left, top, right, bottom = (round(float(v)) for v in self.box)
        return f"Face(box {left} {top} {right} {bottom}, presence {self.presence:.2f})"


class Landmarker:
    """Finds faces and their landmarks.

    Args:
        runner: `onnxruntime`, `litert`, `opencv`, or `auto`: LiteRT where it is installed, else
            ONNX Runtime; they agree to 0.01 px.
        refine: look a second time, at the square that the first landmarks span; it takes
            a third off the error that comes from the detector's box (docs/template.md).
        cache: cache of assets; the user's by default.

    Raises:
        MienError: the asset `face-landmarker` is not fetched, or the runner not installed.
    """

    def __init__(
        self, *, runner: RunnerName = "auto", refine: bool = True, cache: Path | None = None
    ) -> None:
        self._detector = Detector(runner=runner, cache=cache)
        self._run = load(LANDMARKS, runner=runner, cache=cache)
        self._blendshapes: Blendshapes | None = None
        self._options: tuple[RunnerName, Path | None] = (runner, cache)
        self._refine = refine
        self.runner = self._run.name

    def detect(
        self,
        image: Image,
        *,
        max_faces: int | None = None,
        thorough: bool = False,
        depth: int = DEPTH,
        beside: Sequence[Face] = (),
    ) -> list[Face]:
        """Faces of an image, largest first.

        Args:
            image: RGB uint8 (height, width, 3).
            max_faces: keep the largest so many; all by default.
            thorough: search for small faces even beside large ones.
            depth: levels of ever smaller tiles to search, 1 to 4; each finds faces of half the
                size and takes about four times as long, until one finds a face.
            beside: faces known already, which are neither given nor looked at again.
        """
        _check(image)
        faces: list[Face] = []
        for found in self._detector.detect(image, thorough=thorough, depth=depth):
            if any(_same(found.box.astype(np.float32), known.box) for known in beside):
                continue
            face = self._read(image, region.of_detection(found), found.score)
            if self._refine and face is not None:
                face = self.follow(image, face)
            if face is not None:
                faces.append(face)
        return distinct(faces)[:max_faces]

    def follow(self, image: Image, face: Face) -> Face | None:
        """The same face in the next frame, or looked at again; None if it is not there."""
        return self._read(image, region.of_landmarks(face.landmarks), face.score)

    def blendshapes(self, landmarks: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        """(52,) scores 0-1 in the order of `blendshapes.NAMES`, from landmarks (478, 2 or 3)."""
        if self._blendshapes is None:
            runner, cache = self._options
            self._blendshapes = Blendshapes(runner=runner, cache=cache)
        return self._blendshapes.score(landmarks)

    def _read(self, image: Image, matrix: Matrix, score: float) -> Face | None:
        view = resample(image, matrix, region.SIDE, replicate=True)
        points, logit = self._run(view[None].astype(np.float32) * np.float32(1 / 255))
        presence = float(1 / (1 + np.exp(-np.clip(float(logit[0]), -60, 60))))
        if presence < (_PRESENT if score >= _SURE else _SURELY_PRESENT):
            return None
        raw = points.reshape(478, 3).astype(np.float64)
        flat = apply(invert(matrix), raw[:, :2])
        landmarks = np.column_stack([flat, raw[:, 2] / scale_of(matrix)]).astype(np.float32)
        box = np.concatenate([landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)])
        return Face(box=box, score=score, landmarks=landmarks, presence=presence, matrix=matrix)


def distinct(faces: list[Face]) -> list[Face]:
    """Faces without repeats (boxes that overlap by 0.4 or hold each other), largest first."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda one: (-one.presence, -one.score)):
        if not any(_same(face.box, other.box) for other in kept):
            kept.append(face)
    return sorted(kept, key=lambda one: -_area(one.box))


def _same(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> bool:
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = float(np.prod(np.maximum(high - low, 0)))
    within = common / max(min(_area(a), _area(b)), 1e-9)
    return overlap(a.astype(np.float64), b.astype(np.float64)) > _SAME or within > 0.8


def _area(box: npt.NDArray[np.float32]) -> float:
    return float(np.prod(box[2:] - box[:2]))


def _check(image: Image) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f"an RGB uint8 image is needed, got {image.dtype} {image.shape}")
