"""Image buffers that are used again once nobody holds them.

Fresh memory has to be mapped page by page, which costs about a quarter of a small JPEG's decode
(measured by `mien.bench.speed.loader`); a buffer that comes back has been mapped.
"""

import weakref
from collections import deque
from typing import Final

import numpy as np
import numpy.typing as npt

_KEPT: Final = 8
"""Free buffers kept; more are let go."""


class BufferPool:
    """Hands out uint8 arrays and takes them back when the last reference to them goes.

    A tensor made by `torch.from_numpy`, and every view of it, counts as a reference. Safe to
    share between threads.
    """

    def __init__(self) -> None:
        self._free: deque[npt.NDArray[np.uint8]] = deque(maxlen=_KEPT)

    def take(self, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
        """An array of `shape` with whatever was in it before."""
        count = int(np.prod(shape))
        try:
            base = self._free.pop()
        except IndexError:
            base = np.empty(0, np.uint8)
        if base.size < count:
            base = np.empty(count, np.uint8)
        # The owner is a new object over the same memory: views of it keep it, not `base`, alive.
        owner = np.frombuffer(base.data, np.uint8, count)
        weakref.finalize(owner, self._free.append, base)
        return owner.reshape(shape)
