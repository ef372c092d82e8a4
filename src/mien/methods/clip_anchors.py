"""Which frame of each clip asks, drawn from the step's seed and the clip's place in the batch."""

import numpy as np
import numpy.typing as npt

from mien.data.batch import Batch
from mien.data.permutation import key
from mien.errors import MienError

Ints = npt.NDArray[np.int64]


def check_clips(batch: Batch, *, frames: int) -> None:
    """See that a rank's batch holds whole clips.

    Raises:
        MienError: it does not.
    """
    if batch.first % frames or len(batch) % frames:
        raise MienError(
            f"a process has {len(batch)} rows from place {batch.first}, no whole clips of {frames}",
            remedy=f"make the batch a multiple of {frames} times the number of processes",
        )


def anchors(batch: Batch, *, frames: int, drawn: bool) -> Ints:
    """The frame of each clip that asks, (clip,) in 0 to frames - 1; whole clips.

    Args:
        batch: rows, clip after clip.
        frames: rows of a clip.
        drawn: at random; otherwise each clip's first frame.
    """
    return anchor_rows(batch, frames=frames, drawn=drawn) % frames


def anchor_rows(batch: Batch, *, frames: int, drawn: bool) -> Ints:
    """The rows of some part of a batch that ask; its clips need not be whole.

    Args:
        batch: rows, clip after clip.
        frames: rows of a clip.
        drawn: as in `anchors`.
    """
    clip, frame = np.divmod(np.arange(batch.first, batch.first + len(batch)), frames)
    asks = _words(batch.seed, clip, 0) % frames if drawn else np.zeros_like(frame)
    return np.flatnonzero(frame == asks)


def clip_words(batch: Batch, *, frames: int) -> Ints:
    """A random number of each of the batch's clips, (clip,), 0 or more; whole clips."""
    first = batch.first // frames
    return _words(batch.seed, np.arange(first, first + len(batch) // frames), 1)


def _words(seed: int, clip: Ints, stream: int) -> Ints:
    return (key(seed, 11, stream, clip) >> np.uint64(1)).astype(np.int64)
