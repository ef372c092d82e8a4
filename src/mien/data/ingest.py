"""Images with labels become a store: read, find the face, crop, write; count what is left out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

import mien
from mien.data.writer import StoreWriter
from mien.errors import MienError
from mien.faces.image import read_image
from mien.faces.landmarker import Landmarker
from mien.faces.pose import pose
from mien.faces.template import CANONICAL
from mien.faces.warp import apply

NO_FACE: Final = "no face found"
NOT_SQUARE: Final = "not square, and no alignment was asked for"

Pixels = npt.NDArray[np.uint8]
Progress = Callable[[int, int], None]
"""Told how many items are done, of how many."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One image file and what is known about it."""

    path: Path
    labels: Mapping[str, Any] = field(default_factory=dict)
    """Values of the schema's label columns, and perhaps `sample_id`."""


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """An image that did not make it into the store."""

    path: Path
    reason: str


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """What became of the items."""

    path: Path
    """The store."""
    written: int
    """Images in it."""
    skipped: tuple[Skipped, ...]
    """Images left out, in order."""
    crowded: int
    """Images with several faces, of which the largest was taken."""

    def reasons(self) -> dict[str, int]:
        """How many images were left out for each reason, most frequent first."""
        return dict(Counter(each.reason for each in self.skipped).most_common())

    def __repr__(self) -> str:
        return f"Ingested({self.written} written, {len(self.skipped)} skipped: {self.reasons()})"


def ingest(
    items: Sequence[Item],
    out: str | PathLike[str],
    *,
    size: int = 112,
    align: bool = True,
    landmarker: Landmarker | None = None,
    name: str = "",
    created: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Ingested:
    """Write a store from image files.

    An image that cannot be read, or shows no face, is left out and counted; it never stops the
    others.

    Args:
        items: images with labels, in the order of the store's rows.
        out: the store's folder; must not exist.
        size: edge of the crops in pixels.
        align: find the largest face and crop it by the canonical template, with its landmarks
            and pose; otherwise the images are taken for square crops and only resized.
        landmarker: a loaded one; by default a new one (asset `face-landmarker`).
        name: recorded in `store.json`.
        created: recorded there as well.
        progress: called after each item.

    Raises:
        MienError: no image could be used, `out` exists, or the asset is missing.
    """
    finder = (landmarker or Landmarker()) if align else None
    template = (CANONICAL.name, CANONICAL.digest) if align else ("", "")
    facts = {"by": f"mien {mien.__version__}", "size": size, "align": align, **(created or {})}
    writer = StoreWriter(
        out, name=name, template=template[0], template_digest=template[1], created=facts
    )
    skipped: list[Skipped] = []
    crowded = 0
    with writer:
        for done, item in enumerate(items, 1):
            try:
                crop = _prepare(item.path, size=size, landmarker=finder)
            except MienError as error:
                skipped.append(Skipped(path=item.path, reason=error.problem))
            else:
                crowded += crop.faces > 1
                writer.add(crop.image, **{**crop.measured, **item.labels})
            if progress is not None:
                progress(done, len(items))
        if len(writer) == 0:
            raise _nothing(Path(out), skipped)
    return Ingested(path=Path(out), written=len(writer), skipped=tuple(skipped), crowded=crowded)


@dataclass(frozen=True, kw_only=True)
class _Crop:
    image: Pixels
    measured: Mapping[str, Any]
    faces: int


def _prepare(path: Path, *, size: int, landmarker: Landmarker | None) -> _Crop:
    """Read and crop one image.

    Raises:
        MienError: its problem is the reason for leaving it out.
    """
    image = read_image(path)
    if landmarker is None:
        height, width = image.shape[:2]
        if height != width:
            raise MienError(NOT_SQUARE, path=path)
        return _Crop(image=_resize(image, size), measured={}, faces=1)
    faces = landmarker.detect(image)
    if not faces:
        raise MienError(NO_FACE, path=path)
    landmarks = faces[0].landmarks
    head = pose(landmarks)
    placed = apply(CANONICAL.matrix(landmarks, size), landmarks[:, :2])
    measured = {
        "landmarks": placed.astype(np.float32),
        "yaw": head.yaw,
        "pitch": head.pitch,
        "roll": head.roll,
    }
    crop = CANONICAL.crop(image, landmarks, size)
    return _Crop(image=crop, measured=measured, faces=len(faces))


def _resize(image: Pixels, size: int) -> Pixels:
    if image.shape[0] == size:
        return image
    how = cv2.INTER_AREA if image.shape[0] > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (size, size), interpolation=how), np.uint8)


def _nothing(out: Path, skipped: Iterable[Skipped]) -> MienError:
    reasons = Counter(each.reason for each in skipped).most_common(3)
    why = "; ".join(f"{count} times: {reason}" for reason, count in reasons) or "there were none"
    return MienError(
        f"no image could be used ({why})",
        remedy="check the images; for crops that are aligned already, switch alignment off",
        path=out,
    )
