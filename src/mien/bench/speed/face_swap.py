"""SSLFER's edits of frames: how many a core makes a second, and what they look like."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from mien import atomic
from mien.data.component_mask import COMPONENTS, cover
from mien.data.cutmix import cutmix
from mien.data.face_patches import PATCH, face_patches
from mien.data.face_swap import FaceSwap, face_swap
from mien.data.landmarks import Points, landmarks68
from mien.data.loader import Labelled
from mien.data.store import Store
from mien.errors import MienError
from mien.facs import LAB_AUS
from mien.lab.corpus.make import make
from mien.lab.interview import Interview
from mien.lab.shows.preview import contact_sheet

Image = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

SWAP: Final = "FaceSwap"
ASKED: Final = 150
"""Swaps a second of one core at 112 pixels that are asked for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Faces:
    """Frames of lab people with their landmarks, and how much each shows."""

    images: Image
    """(n, size, size, 3)."""
    points: Points
    """(n, 68, 2)."""
    subject: Ints
    """(n,)."""
    strength: npt.NDArray[np.float32]
    """(n,) sum of the intensities of all units."""

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"Faces({len(self)} frames of {len(set(self.subject.tolist()))} people)"


@dataclass(frozen=True, kw_only=True)
class EditSpeed:
    """One edit, timed."""

    name: str
    """What was done."""
    per_second: float
    """Edits a second of CPU time, one thread, median of the repeats."""
    lowest: float
    """Slowest repeat."""
    highest: float
    """Fastest repeat."""


def lab_faces(*, size: int, people: int, frames: int, seed: int = 0) -> Faces:
    """Frames of interviews, rendered for the occasion."""
    with tempfile.TemporaryDirectory(prefix="mien-bench-") as folder:
        scenario = Interview(subjects=people, frames=frames)
        made = make(scenario, Path(folder) / "lab", size=size, seed=seed, jobs=1)
        store = Store(made.path)
        data = Labelled.of(store, aus=LAB_AUS)
        found = Faces(
            images=store.images(data.rows),
            points=landmarks68(store, data.rows),
            subject=data.targets.subject,
            strength=np.nansum(data.targets.intensity, axis=1),
        )
        store.close()
    return found


def measure(faces: Faces, *, count: int, repeats: int, seed: int = 0) -> tuple[EditSpeed, ...]:
    """Time `count` edits of each kind on pairs of different people, on one thread.

    Args:
        faces: what to edit.
        count: edits of a repeat.
        repeats: how often each kind is timed, after a first time that does not count.
        seed: of the pairs.
    """
    generator = np.random.default_rng(seed)
    pairs = generator.integers(0, len(faces), (20 * count, 2))
    pairs = pairs[faces.subject[pairs[:, 0]] != faces.subject[pairs[:, 1]]][:count]
    options = FaceSwap()

    def swap(one: int, other: int) -> object:
        return swapped(faces, one, other, options=options)

    def covered(one: int, other: int) -> object:
        image = faces.images[one].copy()
        cover(image, faces.points[one], component=other % len(COMPONENTS))
        return image

    def cut(one: int, other: int) -> object:  # noqa: ARG001 - edits are called alike
        return face_patches(faces.images[one], faces.points[one])

    kinds = {SWAP: swap, "component mask": covered, "eyes and mouth cut out": cut}
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        return tuple(_speed(name, edit, pairs, repeats) for name, edit in kinds.items())
    finally:
        cv2.setNumThreads(threads)


def swapped(faces: Faces, one: int, other: int, *, options: FaceSwap) -> Image:
    """The face of frame `one` in the head of frame `other`."""
    return face_swap(
        faces.images[one],
        faces.images[other],
        face=faces.points[one],
        donor_face=faces.points[other],
        options=options,
    )[0]


def sheet(faces: Faces, *, rows: int) -> Image:
    """The edits of some expressive frames, a row each, to be looked at."""
    lines = []
    for one, other in _showpieces(faces, rows):
        image, donor, points = faces.images[one], faces.images[other], faces.points[one]
        soft = swapped(faces, one, other, options=FaceSwap())
        hard = swapped(faces, one, other, options=FaceSwap(feather=0.0))
        mixed, hidden = image.copy(), image.copy()
        cutmix(mixed, donor, area=0.25, centre=(0.5, 0.6))
        cover(hidden, points, component=len(lines) % len(COMPONENTS))
        lines.append([image, donor, soft, hard, mixed, hidden, *_enlarged(image, points)])
    names = ("frame", "donor", "FaceSwap", "hard edge", "CutMix", "masked", "eyes", "mouth")
    return contact_sheet(lines, captions=[names] * len(lines))


def write_picture(path: Path, picture: Image) -> None:
    """Write an RGB picture as the kind of file that its name says, atomically.

    Raises:
        MienError: the name ends in neither .jpg nor .png.
    """
    if path.suffix not in {".jpg", ".png"}:
        raise MienError("is no name of a picture", remedy="end it in .jpg or .png", path=path)
    options = [cv2.IMWRITE_JPEG_QUALITY, 92] if path.suffix == ".jpg" else []
    encoded = cv2.imencode(path.suffix, picture[:, :, ::-1], options)[1]
    atomic.write_bytes(path, encoded.tobytes())


def _enlarged(image: Image, points: Points) -> list[Image]:
    """Both patches in the middle of squares of the image's side."""
    side = image.shape[0]
    found = []
    for patch in face_patches(image, points):
        if side < PATCH:
            found.append(np.asarray(cv2.resize(patch, (side, side)), np.uint8))
            continue
        square = np.full((side, side, 3), 255, np.uint8)
        start = (side - PATCH) // 2
        square[start : start + PATCH, start : start + PATCH] = patch
        found.append(square)
    return found


def _showpieces(faces: Faces, rows: int) -> list[tuple[int, int]]:
    """For some people their most expressive frame, and the calmest frame of the next person."""
    people = np.unique(faces.subject)
    chosen = []
    for place in range(min(rows, len(people))):
        own = np.flatnonzero(faces.subject == people[place])
        others = np.flatnonzero(faces.subject == people[(place + 1) % len(people)])
        most, least = own[faces.strength[own].argmax()], others[faces.strength[others].argmin()]
        chosen.append((int(most), int(least)))
    return chosen


def _speed(name: str, edit: Callable[[int, int], object], pairs: Ints, repeats: int) -> EditSpeed:
    rates = []
    for turn in range(repeats + 1):
        began = time.process_time()
        for one, other in pairs.tolist():
            edit(one, other)
        if turn > 0:
            rates.append(len(pairs) / max(time.process_time() - began, 1e-9))
    return EditSpeed(
        name=name, per_second=statistics.median(rates), lowest=min(rates), highest=max(rates)
    )
