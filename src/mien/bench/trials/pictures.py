"""Pictures of what the methods work with and what they learned, drawn from a bench's own folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import torch

from mien.data.face_patches import face_patches
from mien.data.face_swap import FaceSwap, face_swap
from mien.data.landmarks import landmarks68
from mien.data.loader import Labelled
from mien.data.store import Store
from mien.data.tuples import Tuples
from mien.engine.ask import Asker
from mien.engine.folder import read_split
from mien.engine.retrieve import Retrieved
from mien.errors import MienError
from mien.facs import ACTIVITIES, LAB_AUS, activity_text
from mien.lab.shows.preview import Sheet, contact_sheet
from mien.methods.mask_fn import Look, MaskFN
from mien.models.backbone import Backbone

SIDE: Final = 112
"""Pixels of each face on a sheet."""
PHRASES: Final = ("a wide smile", "brows pulled together", "a wide open mouth", "closed eyes")
AMONG: Final = 16
"""Clips among whose frames MaskFN looks for the likest."""
Image = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]


def activity_sheet(store: Store, *, activities: int = 5, people: int = 7) -> Sheet:
    """What stage 1 of CLEF pairs: a row of different people at one activity, under its text.

    Of each person the frame with the strongest units is shown.

    Raises:
        MienError: the store names none of BP4D's activities.
    """
    data = Labelled.of(store, aus=LAB_AUS)
    strength = np.nansum(data.targets.intensity, axis=1)
    marks, subjects = store.column("activity"), store.column("subject")
    rows, words = [], []
    for each in ACTIVITIES["bp4d"]:
        mine = np.flatnonzero(marks == each.code)
        order = mine[np.argsort(-strength[mine], kind="stable")]
        chosen = sorted(first_of_each(order, subjects)[:people], key=lambda row: subjects[row])
        if chosen and len(rows) < activities:
            rows.append(chosen)
            words.append(f"{each.code}: {activity_text(each)}")
    if not rows:
        raise MienError(
            "no activity of BP4D is named", remedy="name a store of interviews", path=store.path
        )
    return contact_sheet([_faces(store, chosen) for chosen in rows], rows=words)


def phrase_sheet(
    run_folder: Path, store: Store, *, phrases: Sequence[str] = PHRASES, people: int = 7
) -> Sheet:
    """The faces nearest to some phrases, one of each test person, with their cosines.

    Args:
        run_folder: a finished run of CLEF.
        store: the one that it was trained on.
        phrases: noun phrases.
        people: faces of each row, at most.
    """
    subjects = store.column("subject")
    split = read_split(run_folder)["subjects"]
    assert isinstance(split, dict)
    tested = split["test"]
    assert isinstance(tested, list)
    rows = np.flatnonzero([subject in tested for subject in subjects])
    cosine = Asker(run_folder).rows(store, rows, phrases).cosine
    images, captions = [], []
    for column in range(len(phrases)):
        order = rows[np.argsort(-cosine[:, column], kind="stable")]
        chosen = first_of_each(order, subjects)[:people]
        near = dict(zip(rows.tolist(), cosine[:, column].tolist(), strict=True))
        images.append(_faces(store, chosen))
        captions.append([f"{near[row]:.2f}" for row in chosen])
    return contact_sheet(images, captions=captions, rows=[f'"{phrase}"' for phrase in phrases])


def retrieval_sheet(found: Sequence[Retrieved]) -> Sheet:
    """A row for each face that was asked about: the face, and those that re-express it."""
    return contact_sheet(
        [[enlarged(each.image), *map(enlarged, each.images)] for each in found],
        captions=[["asked", *(f"{weight:.0%}" for weight in each.weights)] for each in found],
    )


def tuple_sheet(
    store: Store, *, clips: int = 5, descriptor: Backbone | None = None, seed: int = 0
) -> Sheet:
    """SSLFER's tuples of some clips, P in a donor's head, and what MaskFN takes A's likest to be.

    Args:
        store: of clips.
        clips: rows of the sheet, at most.
        descriptor: of MaskFN, its own by default.
        seed: of tuples and donors.

    Raises:
        MienError: no clip is long enough for a tuple.
    """
    data, sampler = Labelled.of(store), Tuples()
    count = min(AMONG, sampler.kept(data.codes)[0])
    size = sampler.rows * max(1, count)
    sampler.steps(data.codes, size=size)
    batch = data.rows[sampler.batch(data.codes, seed=seed, epoch=0, step=0, size=size)]
    images, points = store.images(batch), landmarks68(store, batch)
    when = data.codes.seconds
    assert when is not None
    when = when[batch]
    likest = _likest(images, points, data.codes.clip[batch], descriptor or MaskFN().descriptor)
    rows, words = [], []
    for first in range(0, sampler.rows * min(clips, count), sampler.rows):
        donor = (first + sampler.rows) % len(batch)
        head = face_swap(
            images[first + 1], images[donor], face=points[first + 1], donor_face=points[donor],
            options=FaceSwap(),
        )[0]  # fmt: skip
        shown = [*images[first : first + sampler.rows], images[donor], head, images[likest[first]]]
        rows.append([enlarged(image) for image in shown])
        gaps = when[first : first + sampler.rows] - when[first]
        named = [f"{name} {gap:+.1f} s" for name, gap in zip("PNQ", gaps[1:], strict=True)]
        words.append(["A", *named, "donor", "P swapped", "A's likest"])
    return contact_sheet(rows, captions=words)


def first_of_each(rows: Ints, subjects: npt.NDArray[np.object_]) -> list[int]:
    """Of each subject the row that comes first, in the order of the rows."""
    found: dict[str, int] = {}
    for row in rows.tolist():
        found.setdefault(str(subjects[row]), row)
    return list(found.values())


def enlarged(image: Image) -> Image:
    """A square image at the side of the sheets' faces."""
    return np.asarray(cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.uint8)


def _faces(store: Store, rows: Sequence[int]) -> list[Image]:
    return [enlarged(image) for image in store.images(np.array(rows, np.int64))]


def _likest(
    images: Image, points: npt.NDArray[np.float32], clips: Ints, descriptor: Backbone
) -> Ints:
    """Of each frame the one of another clip whose eyes and mouth look most like its own."""
    patches = np.stack([face_patches(*each) for each in zip(images, points, strict=True)])
    look = Look(descriptor, seed=0)(torch.from_numpy(patches).permute(0, 1, 4, 2, 3))
    cosine = (look @ look.T).numpy()
    cosine[clips[:, None] == clips[None]] = -2.0
    return cosine.argmax(axis=1)
