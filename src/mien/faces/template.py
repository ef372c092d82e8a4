"""The one canonical template: how every face crop in the house is framed."""

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.faces.warp import Image, Matrix, compose, resample, similarity


@dataclass(frozen=True, kw_only=True)
class Jitter:
    """A small similarity about the crop's centre: what a detector's error does to a crop."""

    dx: float = 0.0
    """Shift to the right, as a fraction of the crop's side."""
    dy: float = 0.0
    """Shift down, as a fraction of the crop's side."""
    log_scale: float = 0.0
    """Natural logarithm of the enlargement."""
    degrees: float = 0.0
    """Turn, clockwise as seen."""

    def matrix(self, size: int) -> Matrix:
        """(2, 3): undisturbed crop px to disturbed crop px."""
        angle = np.deg2rad(self.degrees)
        scale = np.exp(self.log_scale)
        cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
        linear = np.array([[cosine, -sine], [sine, cosine]])
        centre = np.array([size / 2, size / 2])
        shift = np.array([self.dx, self.dy]) * size
        return np.column_stack([linear, centre - linear @ centre + shift])


@dataclass(frozen=True, kw_only=True)
class Template:
    """Where a few stable landmarks lie in a square crop of side 1.

    A crop is the image under the least-squares similarity (shift, turn, enlargement) that takes
    those landmarks there. Mouth, jaw and brows are not among them: fitted on, they would be moved
    to where a resting face has them, and what they do would be lost.
    """

    name: str
    """Name that models and stores record."""
    indices: tuple[int, ...]
    """Landmarks (of 478) that are fitted."""
    targets: tuple[tuple[float, float], ...]
    """(x, y) of each, as fractions of the crop's side."""

    @property
    def digest(self) -> str:
        """sha256 of the template's numbers, rounded to 1e-6, in canonical JSON."""
        numbers = {
            "name": self.name,
            "indices": list(self.indices),
            "targets": [[f"{x:.6f}", f"{y:.6f}"] for x, y in self.targets],
        }
        text = json.dumps(numbers, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def matrix(
        self, landmarks: npt.NDArray[np.floating], size: int, *, jitter: Jitter | None = None
    ) -> Matrix:
        """(2, 3) float64, image px to crop px.

        Args:
            landmarks: (478, 2 or more), image px.
            size: side of the crop, px.
            jitter: disturb the crop so.

        Raises:
            ValueError: not 478 landmarks, or all in one place.
        """
        if landmarks.ndim != 2 or len(landmarks) != 478 or landmarks.shape[1] < 2:
            raise ValueError(f"landmarks (478, 2 or more) are needed, got {landmarks.shape}")
        source = landmarks[list(self.indices), :2]
        fitted = similarity(source, np.array(self.targets) * size)
        return fitted if jitter is None else compose(jitter.matrix(size), fitted)

    def crop(
        self,
        image: Image,
        landmarks: npt.NDArray[np.floating],
        size: int,
        *,
        jitter: Jitter | None = None,
    ) -> Image:
        """(size, size, 3) uint8: the face as every model of the house sees it.

        Args:
            image: RGB uint8 (height, width, 3); black outside.
            landmarks: (478, 2 or more), image px.
            size: side of the crop, px.
            jitter: disturb the crop so.
        """
        return resample(image, self.matrix(landmarks, size, jitter=jitter), size)


def _canonical() -> Template:
    """Targets from the mean face of the landmark network's asset, in its units (about 1 cm).

    The square is 20 units wide, from 7.2 above the origin (which lies between eyes and nose tip)
    to 12.8 below: brows end at 5.1 and rise by about 1, the chin at -9.4 drops by up to 3.4.
    """
    side, top = 20.0, 7.2
    points = {  # x to the subject's left, y up
        33: (-4.446, 2.664),
        133: (-1.856, 2.585),
        362: (1.856, 2.585),
        263: (4.446, 2.664),
        168: (0.0, 3.271),
        6: (0.0, 2.473),
        197: (0.0, 1.728),
    }
    return Template(
        name="mien-1",
        indices=tuple(points),
        targets=tuple((0.5 + x / side, (top - y) / side) for x, y in points.values()),
    )


CANONICAL: Template = _canonical()
"""`mien-1`, the only template in use."""

_SPREAD = Jitter(dx=0.006, dy=0.010, log_scale=0.028, degrees=0.5)
"""Root mean square of the detector's crops about the exact ones, on 200 rendered heads of many
identities, poses and expressions (docs/template.md)."""


def jitter(generator: "np.random.Generator", *, strength: float = 1.0) -> Jitter:
    """Draw what the real detector's error would do to a crop whose landmarks are exact.

    Args:
        generator: source of randomness.
        strength: multiple of the measured error; 0 is none.
    """
    draw = generator.standard_normal(4) * strength
    return Jitter(
        dx=float(draw[0]) * _SPREAD.dx,
        dy=float(draw[1]) * _SPREAD.dy,
        log_scale=float(draw[2]) * _SPREAD.log_scale,
        degrees=float(draw[3]) * _SPREAD.degrees,
    )
