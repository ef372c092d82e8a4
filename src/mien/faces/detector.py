"""Where faces are: the short-range detector, over the whole image and then over tiles."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mien.faces.networks import DETECTOR, RunnerName, load
from mien.faces.warp import Image

_SIDE = 128
DEPTH = 4
"""Levels of tiles: the whole image and three finer ones."""
_OVERLAP = 0.3
Float = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Detection:
    """One detected face, in image px."""

    box: Float
    """(4,) left, top, right, bottom."""
    points: Float
    """(6, 2): right eye, left eye (the subject's), nose tip, mouth, right and left ear."""
    score: float
    """0-1."""

    @property
    def side(self) -> float:
        """The longer side of the box, px."""
        return float(max(self.box[2] - self.box[0], self.box[3] - self.box[1]))


class Detector:
    """The FaceLandmarker asset's detector (BlazeFace, Bazarevsky et al., 2019, arXiv 1907.05047).

    It sees 128 px and finds faces from about a tenth of its view; smaller ones are sought in
    overlapping square tiles.
    """

    def __init__(self, *, runner: RunnerName = "auto", cache: Path | None = None) -> None:
        self._run = load(DETECTOR, runner=runner, cache=cache)
        self.runner = self._run.name

    def detect(
        self, image: Image, *, thorough: bool = False, depth: int = DEPTH
    ) -> list[Detection]:
        """Faces, best first.

        Args:
            image: RGB uint8 (height, width, 3).
            thorough: look into every level of tiles; else only until a level finds a face.
            depth: levels to look into at most; 1 is the whole image alone.
        """
        found: list[Detection] = []
        for level in levels(image.shape[0], image.shape[1])[:depth]:
            for left, top, side in level:
                found += self._look(image, left, top, side)
            if found and not thorough:
                break
        return suppress(found)

    def _look(self, image: Image, left: int, top: int, side: int) -> list[Detection]:
        """Faces in one square view, of which what lies outside the image is black."""
        part = image[max(top, 0) : top + side, max(left, 0) : left + side]
        scale = _SIDE / side
        width, height = (max(1, round(n * scale)) for n in (part.shape[1], part.shape[0]))
        small = cv2.resize(part, (width, height), interpolation=_interpolation(scale))
        column, row = round((max(left, 0) - left) * scale), round((max(top, 0) - top) * scale)
        tensor = np.full((1, _SIDE, _SIDE, 3), -1, np.float32)
        view = tensor[0, row : row + height, column : column + width]
        view[:] = small[: view.shape[0], : view.shape[1]].astype(np.float32) / 127.5 - 1
        regressors, logits = self._run(tensor)
        boxes, points, scores = decode(regressors.reshape(-1, 16), logits)
        return [
            Detection(
                box=box * side + np.array([left, top, left, top]),
                points=six * side + np.array([left, top]),
                score=float(score),
            )
            for box, six, score in zip(boxes, points, scores, strict=True)
        ]


@cache
def anchors() -> Float:
    """(896, 2) anchor centres in 0-1: 16 x 16 with 2 each, then 8 x 8 with 6 each."""
    parts = []
    for cells, repeats in ((16, 2), (8, 6)):
        row, column = np.mgrid[:cells, :cells]
        centres = (np.stack([column, row], axis=-1).reshape(-1, 2) + 0.5) / cells
        parts.append(np.repeat(centres, repeats, axis=0))
    return np.concatenate(parts)


def decode(
    regressors: npt.NDArray[np.float32], logits: npt.NDArray[np.float32]
) -> tuple[Float, Float, Float]:
    """Network outputs (896, 16) and (896,) to boxes (n, 4), points (n, 6, 2) and scores (n,).

    Coordinates are fractions of the view; anchors scoring below 0.5 are dropped.
    """
    keep = np.flatnonzero(logits > 0)  # a logit above 0 is a score above 0.5
    raw = regressors[keep].astype(np.float64) / _SIDE
    centre = raw[:, :2] + anchors()[keep]
    half = raw[:, 2:4] / 2
    points = raw[:, 4:].reshape(-1, 6, 2) + anchors()[keep][:, None]
    scores = 1 / (1 + np.exp(-np.clip(logits[keep].astype(np.float64), -100, 100)))
    return np.concatenate([centre - half, centre + half], axis=1), points, scores


def suppress(found: list[Detection]) -> list[Detection]:
    """Merge detections of one face: score-weighted means of those overlapping the best.

    Weighted non-maximum suppression (Bazarevsky et al., 2019, section 3.3), which trembles less
    than keeping one; across tiles a box inside another of twice its side counts as overlapping.
    """
    rest = sorted(found, key=lambda one: -one.score)
    merged: list[Detection] = []
    while rest:
        best = rest[0]
        alike = [one for one in rest if overlap(best.box, one.box) > _OVERLAP]
        weights = np.array([one.score for one in alike])
        weights /= weights.sum()
        merged.append(
            Detection(
                box=(weights[:, None] * np.stack([one.box for one in alike])).sum(axis=0),
                points=(weights[:, None, None] * np.stack([one.points for one in alike])).sum(
                    axis=0
                ),
                score=best.score,
            )
        )
        rest = [one for one in rest if overlap(best.box, one.box) <= _OVERLAP]
    return merged


def overlap(a: Float, b: Float) -> float:
    """Intersection over union of two boxes (left, top, right, bottom)."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = float(np.prod(np.maximum(high - low, 0)))
    union = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - common
    return common / union if union > 0 else 0.0


def levels(height: int, width: int) -> list[list[tuple[int, int, int]]]:
    """Square views (left, top, side) to search, coarse to fine.

    First the whole image in a square; then squares of the shorter side, of half and of a quarter
    of it, each overlapping the next by half, while a view is at least 96 px.
    """
    longest, shortest = max(height, width), min(height, width)
    whole = ((width - longest) // 2, (height - longest) // 2, longest)
    result = [[whole]]
    side = shortest if longest > 1.2 * shortest else shortest // 2
    while side >= 96 and len(result) < DEPTH:
        result.append(
            [(left, top, side) for top in _starts(height, side) for left in _starts(width, side)]
        )
        side //= 2
    return result


def _starts(length: int, side: int) -> list[int]:
    """Starts of windows of `side` that cover `length`, overlapping by about half."""
    if length <= side:
        return [(length - side) // 2]
    count = int(np.ceil((length - side) / (side / 2))) + 1
    return [round(start) for start in np.linspace(0, length - side, count)]


def _interpolation(scale: float) -> int:
    return cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
