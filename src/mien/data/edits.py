"""Edits: what is done to a batch's frames before their views are drawn.

Views know an image and nothing else. Edits know whose face it is, where its landmarks are, and
other people's frames. They are made by the loader's threads; all their random choices follow from
seed, epoch, step and place in the global batch, so that ranks make those of one process.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.data.codes import Codes, Ints
from mien.data.component_mask import COMPONENTS, ComponentMask, cover
from mien.data.cutmix import CutMix, cutmix
from mien.data.donors import Donors
from mien.data.face_patches import face_patches
from mien.data.face_swap import FaceSwap, face_swap
from mien.data.landmarks import Points
from mien.data.permutation import fractions, key

Images = npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Edits:
    """Which edits are made; by default none.

    Odd rows of a batch are positives (P and Q of `mien.data.tuples`); `swap` and `cutmix` change
    only those.
    """

    swap: FaceSwap | None = None
    """S: another person's head around the face."""
    cutmix: CutMix | None = None
    """A box of another clip's frame over the face."""
    component: ComponentMask | None = None
    """An eye or the mouth covered, in all rows."""
    patches: bool = False
    """Cut eyes and mouth out of each frame as it was (`Batch.patches`)."""

    def __bool__(self) -> bool:
        return bool(self.swap or self.cutmix or self.component or self.patches)

    @property
    def needs_landmarks(self) -> bool:
        """Whether faces must be known by their landmarks."""
        return bool(self.swap or self.component or self.patches)


@dataclass(frozen=True, kw_only=True)
class Cut:
    """What was cut out of a batch's frames."""

    patches: npt.NDArray[np.uint8]
    """(batch, 2, 3, PATCH, PATCH): eyes and mouth."""
    faced: npt.NDArray[np.bool_]
    """(batch,) whether there was a face to cut them from."""


class Editor:
    """Makes a run's edits.

    Args:
        edits: which.
        codes: who and which clip, for every row that may be drawn.
        points: (n, 68, 2) landmarks of the same rows; may be empty if no edit needs them.
        fetch: decoded frames (n, height, width, 3) at some positions of the rows.
        seed: of the run.

    Raises:
        MienError: donors are wanted, but fewer than two people or clips are known.
    """

    def __init__(
        self,
        edits: Edits,
        *,
        codes: Codes,
        points: Points,
        fetch: Callable[[Ints], Images],
        seed: int,
    ) -> None:
        self._edits, self._codes, self._points = edits, codes, points
        self._fetch, self._seed = fetch, seed
        if edits.swap is not None and edits.swap.other_identity:
            self._people = Donors(codes.subject, name="subject")
        if edits.cutmix is not None:
            self._clips = Donors(codes.clip, name="clip")

    def edit(
        self, images: Images, positions: Ints, *, places: Ints, epoch: int, step: int
    ) -> Cut | None:
        """Change frames in place; returns what was cut out of them before.

        Args:
            images: (batch, height, width, 3) the frames of this rank.
            positions: (batch,) which rows they are.
            places: (batch,) where they stand in the global batch.
            epoch: of the run.
            step: of the epoch.
        """
        moment = (self._seed, epoch, step)
        cut = self._cut(images, positions) if self._edits.patches else None
        here = self._points[positions] if self._edits.needs_landmarks else self._points
        if self._edits.swap is not None:
            self._swap(self._edits.swap, images, positions, here, places=places, moment=moment)
        if self._edits.cutmix is not None:
            self._mix(self._edits.cutmix, images, positions, places=places, moment=moment)
        if self._edits.component is not None:
            self._cover(self._edits.component, images, here, places=places, moment=moment)
        if self._edits.swap is not None and self._edits.swap.channels == "bgr":
            images[:] = images[..., ::-1].copy()
        return cut

    def _cut(self, images: Images, positions: Ints) -> Cut:
        points = self._points[positions]
        patches = [face_patches(one, at) for one, at in zip(images, points, strict=True)]
        stacked = np.stack(patches).transpose(0, 1, 4, 2, 3)
        faced = np.isfinite(points).reshape(len(points), -1).all(axis=1)
        return Cut(patches=np.ascontiguousarray(stacked), faced=np.asarray(faced))

    def _swap(
        self,
        swap: FaceSwap,
        images: Images,
        positions: Ints,
        here: Points,
        *,
        places: Ints,
        moment: tuple[int, int, int],
    ) -> None:
        chosen = np.flatnonzero(_positive(places, swap.probability, moment, 21))
        seed, epoch, _ = moment
        # One donor for P and Q: they share the clip, which comes once a batch.
        turn = epoch if swap.donor == "redrawn" else 0
        luck = fractions(key(seed, turn, 22, self._codes.clip[positions[chosen]]))
        if swap.other_identity:
            donors = self._people.draw(positions[chosen], luck)
        else:
            donors = (luck * len(self._codes)).astype(np.int64)
        frames = self._fetch(donors)
        for place, donor, frame in zip(chosen, donors, frames, strict=True):
            images[place], here[place] = face_swap(
                images[place],
                frame,
                face=here[place],
                donor_face=self._points[donor],
                options=swap,
            )

    def _mix(
        self,
        mix: CutMix,
        images: Images,
        positions: Ints,
        *,
        places: Ints,
        moment: tuple[int, int, int],
    ) -> None:
        chosen = np.flatnonzero(_positive(places, mix.probability, moment, 31))
        luck = [fractions(key(*moment, purpose, places[chosen])) for purpose in range(32, 36)]
        frames = self._fetch(self._clips.draw(positions[chosen], luck[0]))
        for row, (place, frame) in enumerate(zip(chosen, frames, strict=True)):
            area, x, y = (float(one[row]) for one in luck[1:])
            cutmix(images[place], frame, area=area, centre=(x, y))

    def _cover(
        self,
        component: ComponentMask,
        images: Images,
        here: Points,
        *,
        places: Ints,
        moment: tuple[int, int, int],
    ) -> None:
        luck = fractions(key(*moment, 41, places))
        which = fractions(key(*moment, 42, places))
        if component.component == "run":
            which = np.broadcast_to(fractions(key(self._seed, 42)), which.shape)
        for place in np.flatnonzero(luck < component.probability):
            cover(images[place], here[place], component=int(which[place] * len(COMPONENTS)))


def _positive(
    places: Ints, probability: float, moment: tuple[int, int, int], purpose: int
) -> npt.NDArray[np.bool_]:
    """Which rows are positives and drawn to be changed."""
    return (places % 2 == 1) & (fractions(key(*moment, purpose, places)) < probability)
