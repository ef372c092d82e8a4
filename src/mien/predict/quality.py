"""Whether a face can be read: size, blur and angle, and the limits below which nothing is said."""

from dataclasses import dataclass

import cv2
import numpy as np

from mien.faces.landmarker import Face
from mien.faces.pose import Pose
from mien.faces.template import CANONICAL
from mien.faces.warp import Image, scale_of
from mien.predict.reading import FaceStatus, Quality

_VIEW = 96


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Faces beyond these are found and listed, but not scored."""

    size: float = 36.0
    """Smallest side of the canonical square, image px (16 px between the outer eye corners)."""
    blur: float = 0.75
    """Largest blur, 0-1 (0.75 is a Gaussian of 2.5 % of the square's side; photos have 0.3-0.5)."""
    frontal: float = 0.5
    """Smallest cosine of the angle to the camera (0.5 is 60 degrees)."""

    def status(self, quality: Quality) -> FaceStatus:
        """`ok`, or the first reason not to score."""
        if quality.size < self.size:
            return "too small"
        if quality.frontal < self.frontal:
            return "turned away"
        if quality.blur > self.blur:
            return "blurred"
        return "ok"


def measure(image: Image, face: Face, turn: Pose, *, crop: Image | None = None) -> Quality:
    """Quality of a face in an image; a `crop` of it that is at hand is used where its size fits."""
    size = 1 / scale_of(CANONICAL.matrix(face.landmarks, 1))
    view = min(_VIEW, max(16, round(size)))
    if crop is None or len(crop) != view:
        crop = CANONICAL.crop(image, face.landmarks, view)
    yaw, pitch = np.deg2rad([turn.yaw, turn.pitch])
    return Quality(
        size=float(size),
        blur=blur(crop),
        frontal=float(np.cos(yaw) * np.cos(pitch)),
    )


def blur(crop: Image) -> float:
    """Perceptual blur, 0 sharp to 1 blurred.

    How little a picture's neighbour differences lose when it is blurred once more, in the worse
    direction (Crete et al., 2007, Proc. SPIE 6492, eq. 1-8; a nine-pixel mean as there). The crop
    is at most 96 px wide and never enlarged, so a large photo's fine blur does not count.
    """
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    lost = []
    for axis, kernel in ((0, (1, 9)), (1, (9, 1))):
        again = cv2.blur(grey, kernel)
        before = np.abs(np.diff(grey, axis=axis))[1:-1, 1:-1]
        after = np.abs(np.diff(again, axis=axis))[1:-1, 1:-1]
        total = float(before.sum())
        gone = float(np.maximum(before - after, 0).sum())
        lost.append(1.0 if total <= 0 else (total - gone) / total)
    return max(lost)
