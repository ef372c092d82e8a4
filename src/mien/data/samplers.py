"""Samplers: which rows make up a batch, as a function of seed, epoch and step.

Nothing is stored between steps, so a resumed run needs only the step number, and the world
size may change: the batch is one global order, of which each rank takes a slice.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mien.data.codes import Cells, Codes, Ints
from mien.data.permutation import key, permute
from mien.errors import MienError


def rank_slice(size: int, *, rank: int, world: int) -> slice:
    """The contiguous part of a batch of `size` rows that one of `world` ranks works on.

    Parts differ by at most one row; together they are the batch in order.
    """
    return slice(rank * size // world, (rank + 1) * size // world)


@dataclass(frozen=True, kw_only=True)
class Sampler(ABC):
    """Chooses the rows of every batch; stateless."""

    @abstractmethod
    def steps(self, codes: Codes, *, size: int) -> int:
        """Batches in an epoch.

        Raises:
            MienError: the rows cannot give a single batch of `size`.
        """

    @abstractmethod
    def batch(self, codes: Codes, *, seed: int, epoch: int, step: int, size: int) -> Ints:
        """The rows of one batch: (size,) int64 positions in `codes`."""


@dataclass(frozen=True, kw_only=True)
class InOrder(Sampler):
    """Every row once, in order; the last batch may be short. For evaluation."""

    def steps(self, codes: Codes, *, size: int) -> int:
        """Batches in an epoch."""
        return -(-len(codes) // size)

    def batch(self, codes: Codes, *, seed: int, epoch: int, step: int, size: int) -> Ints:  # noqa: ARG002
        """Rows `step * size` and following."""
        return np.arange(step * size, min((step + 1) * size, len(codes)))


@dataclass(frozen=True, kw_only=True)
class Shuffled(Sampler):
    """A random order of all rows, another each epoch."""

    last: Literal["short", "drop"] = "drop"
    """What becomes of the rows that do not fill a batch: a short batch, so that an epoch
    covers every row exactly once, or none, so that every batch is full."""

    def steps(self, codes: Codes, *, size: int) -> int:
        """Batches in an epoch.

        Raises:
            MienError: fewer rows than a batch, and short batches are dropped.
        """
        if self.last == "short":
            return -(-len(codes) // size)
        if len(codes) < size:
            raise _too_few(len(codes), size)
        return len(codes) // size

    def batch(self, codes: Codes, *, seed: int, epoch: int, step: int, size: int) -> Ints:
        """The next `size` rows of the epoch's order."""
        positions = np.arange(step * size, min((step + 1) * size, len(codes)))
        return permute(positions, count=len(codes), keys=key(seed, epoch))


@dataclass(frozen=True, kw_only=True)
class ActivityBalanced(Sampler):
    """Equal shares of several activities, each from several subjects; unlabelled rows dropped.

    Rows are interleaved (one of each activity, then the next of each), so every rank's slice
    is balanced too. Within a batch no row repeats until its (activity, subject) is used up.
    """

    activities: int | None = None
    """Activities in a batch; None: all, or as many as can have two subjects each."""
    subjects: int | None = None
    """Subjects per activity; None: as many as fill the batch."""
    images: int = 1
    """Images taken of a subject before the next subject's turn."""

    def steps(self, codes: Codes, *, size: int) -> int:
        """Batches that hold as many rows as have an activity and a subject, at least one.

        Raises:
            MienError: no labelled rows, or fewer activities than asked for.
        """
        self._chosen(codes.activity_cells, size=size)
        return max(1, len(codes.activity_cells.rows) // size)

    def batch(self, codes: Codes, *, seed: int, epoch: int, step: int, size: int) -> Ints:
        """Draw activities, then subjects of each, then images of each."""
        cells = codes.activity_cells
        chosen = self._chosen(cells, size=size)
        turn, slot = np.divmod(np.arange(size), chosen)
        place = (step * chosen + slot) % len(cells)
        activity = permute(place, count=len(cells), keys=key(seed, epoch, 1))
        visit, image = np.divmod(turn, self.images)
        wanted = cells.cell_count[activity]
        if self.subjects is not None:
            wanted = np.minimum(wanted, self.subjects)
        lap, ordinal = np.divmod(visit, wanted)
        subject_keys = key(seed, epoch, step, 2, activity)
        inner = permute(ordinal, count=cells.cell_count[activity], keys=subject_keys)
        cell = cells.first_cell[activity] + inner
        return _draw(cells, cell, image + lap * self.images, keys=key(seed, epoch, step, 3, cell))

    def _chosen(self, cells: Cells, *, size: int) -> int:
        if len(cells) == 0:
            raise MienError(
                "no row has both an activity and a subject",
                remedy="label the column `activity`, or choose another sampler",
            )
        if self.activities is None:
            return max(1, min(len(cells), size // (2 * self.images)))
        if self.activities > len(cells):
            raise MienError(
                f"the sampler wants {self.activities} activities, the rows have {len(cells)}",
                remedy="lower `activities`, or leave it out",
            )
        return min(self.activities, size)


@dataclass(frozen=True, kw_only=True)
class SubjectBalanced(Sampler):
    """Equal shares of several subjects; rows without a subject dropped."""

    subjects: int | None = None
    """Subjects in a batch; None: as many as can have `images` each."""
    images: int = 2
    """Images per subject where `subjects` does not say otherwise."""

    def steps(self, codes: Codes, *, size: int) -> int:
        """Batches that hold as many rows as have a subject, at least one.

        Raises:
            MienError: no row has a subject.
        """
        if len(codes.subject_cells) == 0:
            raise MienError("no row has a subject", remedy="fill the column `subject`")
        return max(1, len(codes.subject_cells.rows) // size)

    def batch(self, codes: Codes, *, seed: int, epoch: int, step: int, size: int) -> Ints:
        """Draw subjects, evenly over the epoch, then images of each."""
        cells = codes.subject_cells
        wanted = self.subjects or size // self.images
        chosen = max(1, min(wanted, len(cells), size))
        image, slot = np.divmod(np.arange(size), chosen)
        place = (step * chosen + slot) % len(cells)
        cell = permute(place, count=len(cells), keys=key(seed, epoch, 1))
        return _draw(cells, cell, image, keys=key(seed, epoch, step, 2, cell))


def _draw(cells: Cells, cell: Ints, image: Ints, *, keys: np.ndarray) -> Ints:
    """The `image`-th row, in a keyed random order, of each cell."""
    count = cells.row_count[cell]
    within = permute(image % count, count=count, keys=keys)
    return cells.rows[cells.first_row[cell] + within]


def _too_few(rows: int, size: int) -> MienError:
    return MienError(
        f"{rows} rows cannot fill a batch of {size}",
        remedy="make the batch smaller, or select more rows",
    )
