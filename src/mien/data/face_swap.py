"""FaceSwap: one person's expression in another person's head, so that positives differ in identity.

Shu et al., BMVC 2022 (arXiv 2210.03853): the inner face of the positive frame is warped onto a
frame of somebody else, with its colours corrected.
"""

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from mien.data.face_mask import face_mask
from mien.data.landmarks import BROWS, EYES, LEFT_EYE, RIGHT_EYE, Points
from mien.errors import MienError
from mien.faces.warp import Matrix, apply, similarity

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

FITTED: Final = np.r_[BROWS, 27:35, EYES, 48:61]
"""What Procrustes aligns: brows, nose but its last point, eyes, mouth to 60 (step 2)."""
BLUR: Final = 0.6
"""Width of the blur that colours are corrected by, in distances between the eyes (step 5)."""


@dataclass(frozen=True, kw_only=True)
class FaceSwap:
    """What of FaceSwap is ours to choose; each second option is the released code's.

    Raises:
        MienError: a probability outside 0 to 1, or a negative feather.
    """

    probability: float = 0.8
    """How often a P or a Q is swapped; A and N never are."""
    feather: float = 0.05
    """Deviation of the blur of the mask's edge, in distances between the eyes; 0 is the released
    code's hard edge."""
    overflow: Literal["clip", "wrap"] = "clip"
    """What becomes of corrected colours outside 0 to 255; "wrap" counts on from the other end."""
    channels: Literal["rgb", "bgr"] = "rgb"
    """"bgr" exchanges red and blue in all frames of the batch, as the released swap stream does."""
    donor: Literal["redrawn", "fixed"] = "redrawn"
    """A clip's donor frame: drawn anew every epoch, or once."""
    other_identity: bool = True
    """Take donors from other people only; False lets them share the identity."""

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1 or self.feather < 0:
            raise MienError(
                f"FaceSwap with probability {self.probability} and feather {self.feather}",
                remedy="give a probability of 0 to 1 and a feather of 0 or more",
            )


def face_swap(
    expression: Image, donor: Image, *, face: Points, donor_face: Points, options: FaceSwap
) -> tuple[Image, Points]:
    """The donor with the other frame's inner face.

    Args:
        expression: (height, width, 3) RGB; gives eyes, brows, nose and mouth.
        donor: the same size; gives everything else.
        face: (68, 2) points of `expression`.
        donor_face: (68, 2) points of `donor`.
        options: feather and overflow.

    Returns:
        The picture, and the 68 points of the face in it. Where a face was not found (NaN), or is
        a mere point, `expression` as it was.
    """
    if not (np.isfinite(face).all() and np.isfinite(donor_face).all()):
        return expression, face
    distance = eye_distance(donor_face)
    if distance < 1 or eye_distance(face) < 1:
        return expression, face
    height, width = donor.shape[:2]
    onto = similarity(face[FITTED], donor_face[FITTED])
    placed = apply(onto, face).astype(np.float32)
    warped = _warp(expression, onto, height=height, width=width)
    coloured = _corrected(warped, donor.astype(np.float32), distance)
    mask = face_mask(donor_face, height=height, width=width)
    mask |= face_mask(placed, height=height, width=width)
    soft = _feathered(mask.astype(np.float32), options.feather * distance)[..., None]
    return _as_bytes(donor + soft * (coloured - donor), options.overflow), placed


def eye_distance(points: Points) -> float:
    """Between the centres of the eyes, in pixels."""
    return float(np.linalg.norm(points[LEFT_EYE].mean(axis=0) - points[RIGHT_EYE].mean(axis=0)))


def blur_size(distance: float) -> int:
    """Taps of the colour correction's blur: int(.6 x distance), made odd by adding one."""
    size = int(BLUR * distance)
    return size + 1 - size % 2


def _warp(image: Image, onto: Matrix, *, height: int, width: int) -> Floats:
    """The image under a similarity of pixel coordinates, bilinear, black outside."""
    centred = onto.copy()  # cv2 puts pixel centres at integers
    centred[:, 2] += onto[:, :2] @ np.array([0.5, 0.5]) - 0.5
    out = cv2.warpAffine(image, centred, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(out, np.float32)


def _corrected(warped: Floats, donor: Floats, distance: float) -> Floats:
    """The warped face with the donor's local colours: scaled by the ratio of the two blurs.

    128 is added to the divisor where it is 1 or less, as in the released code: outside the warped
    frame the ratio would be anything.
    """
    size = (blur_size(distance),) * 2
    own, wanted = cv2.GaussianBlur(warped, size, 0), cv2.GaussianBlur(donor, size, 0)
    own[own <= 1.0] += 128.0
    return warped * wanted / own


def _feathered(mask: Floats, deviation: float) -> Floats:
    if deviation <= 0:
        return mask
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), deviation), np.float32)


def _as_bytes(values: npt.NDArray[np.floating], overflow: Literal["clip", "wrap"]) -> Image:
    if overflow == "wrap":
        return (values.astype(np.int64) & 255).astype(np.uint8)
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
