"""The ORL photographs as a reader meets them: enlarged, landmarked, cropped by the template."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from mien.assets.cached import locate
from mien.bench.real.orl_codes import Codes
from mien.errors import MienError
from mien.faces.blendshapes import NAMES
from mien.faces.image import read_image
from mien.faces.landmarker import Landmarker
from mien.faces.template import CANONICAL
from mien.faces.warp import Image

ASSET: Final = "orl-faces"
ENLARGED: Final = 3
"""How many times wider and higher a photograph is made before faces are sought in it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Photos:
    """Photographs in which a face was found, with their codes."""

    codes: Codes
    """Of these photographs only."""
    pictures: tuple[Image, ...] = field(repr=False)
    """Enlarged, RGB."""
    landmarks: Float32[np.ndarray, "photo 478 3"] = field(repr=False)
    """In pixels of the enlarged pictures."""
    scores: Float32[np.ndarray, "photo 52"] = field(repr=False)
    """Blendshape scores in the order of `blendshapes.NAMES`."""
    missing: tuple[str, ...]
    """Photographs in which no face was found."""

    def __len__(self) -> int:
        return len(self.codes)

    def crops(self, size: int) -> UInt8[np.ndarray, "photo size size 3"]:
        """Canonical crops, exactly as `mien predict` makes them."""
        pairs = zip(self.pictures, self.landmarks, strict=True)
        return np.stack([CANONICAL.crop(picture, points, size) for picture, points in pairs])

    def blendshape(self, *names: str) -> Float32[np.ndarray, " photo"]:
        """Sum of the named blendshapes, each the mean of its two sides where it has two."""
        each = np.stack([self._one(name) for name in names])
        return np.asarray(each.sum(axis=0), np.float32)

    def _one(self, name: str) -> Float32[np.ndarray, " photo"]:
        sides = [name] if name in NAMES else [f"{name}Left", f"{name}Right"]
        columns = self.scores[:, [NAMES.index(side) for side in sides]]
        return np.asarray(columns.mean(axis=1), np.float32)


def look(
    codes: Codes,
    *,
    folder: Path | None = None,
    landmarker: Landmarker | None = None,
    tell: Callable[[str], None] = print,
) -> Photos:
    """Read, enlarge and landmark the coded photographs.

    Args:
        codes: which photographs, and what they show.
        folder: holds `<subject>/<number>.pgm`; the asset's in the cache by default.
        landmarker: finds the faces; a `Landmarker()` by default.
        tell: told how many faces were found.

    Raises:
        MienError: the asset is not fetched, a photograph cannot be read, or no face is found.
    """
    root = folder or locate(ASSET)
    landmarker = landmarker or Landmarker()
    pictures, landmarks, scores, kept, missing = [], [], [], [], []
    for row, name in enumerate(codes.files):
        picture = enlarge(read_image(root / name))
        faces = landmarker.detect(picture, max_faces=1)
        if not faces:
            missing.append(name)
            continue
        kept.append(row)
        pictures.append(picture)
        landmarks.append(faces[0].landmarks)
        scores.append(landmarker.blendshapes(faces[0].landmarks))
    tell(f"faces found in {len(kept)} of {len(codes)} photographs")
    if not kept:
        raise MienError("no face was found", remedy="check the photographs", path=root)
    return Photos(
        codes=take(codes, kept),
        pictures=tuple(pictures),
        landmarks=np.stack(landmarks),
        scores=np.stack(scores),
        missing=tuple(missing),
    )


def enlarge(picture: Image) -> Image:
    """A picture `ENLARGED` times as wide and high, by cubic interpolation."""
    wide = cv2.resize(picture, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    return np.asarray(wide, np.uint8)


def take(codes: Codes, rows: list[int]) -> Codes:
    """The codes of some photographs."""
    return replace(
        codes,
        subjects=tuple(codes.subjects[row] for row in rows),
        images=tuple(codes.images[row] for row in rows),
        truth=codes.truth[rows],
        glasses=codes.glasses[rows],
    )
