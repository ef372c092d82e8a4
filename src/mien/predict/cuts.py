"""Where one scene ends and another begins: a frame unlike the last in colours and in layout."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from mien.faces.warp import Image

_GRID: Final = (64, 36)
"""Samples of a frame, across and down, whose colours are counted."""
_BINS: Final = 8
"""Levels of each colour in the histogram, from -2 to 2 standard deviations of the brightness."""
COLOURS: Final = 0.33
"""Colours that changed, as a share of all, from which a frame may be a cut. Of rendered rooms, cuts
to another one measured 0.55 and more, heads that jump a quarter of the picture 0.27 and less."""
LAYOUT: Final = 0.9
"""Correlation of brightness with the last frame, below which a frame may be a cut; the same rooms
measured at most 0.88 across cuts."""


_FLAT: Final = 3.0
"""Standard deviation of brightness, of 255, below which a frame is blank."""


class CutDetector:
    """Tells the first frame of each scene after the first.

    A cut changes the colours (a histogram knows nothing of motion) and the layout (a correlation
    knows nothing of dimming lights), and it changes them more than the frames before did: what
    lasts is fast motion. Blank frames are passed over: what follows is compared with what was
    before. It is decided at once, from frames seen so far. A cut from one person to
    another in the same place of the same room is not seen.
    """

    def __init__(self) -> None:
        self._colours: npt.NDArray[np.float32] | None = None
        self._layout: npt.NDArray[np.float32] | None = None
        self._usual = 0.0

    def is_cut(self, image: Image) -> bool:
        """Whether this frame, RGB uint8 (height, width, 3), begins another scene."""
        colours, layout = _describe(image)
        if float(layout.std()) < _FLAT:
            return False
        if self._colours is None or self._layout is None:
            self._colours, self._layout = colours, layout
            return False
        changed = float(np.abs(colours - self._colours).sum()) / 2
        alike = _correlation(layout, self._layout)
        cut = alike < LAYOUT and changed > max(COLOURS, 3 * self._usual)
        self._usual = 0.0 if cut else 0.7 * self._usual + 0.3 * changed
        self._colours, self._layout = colours, layout
        return cut

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything known, as arrays, for a reading that goes on later."""
        if self._colours is None or self._layout is None:
            return {}
        usual = np.array(self._usual, np.float64)
        return {"colours": self._colours, "layout": self._layout, "usual": usual}

    def restore(self, state: dict[str, npt.NDArray[np.generic]]) -> None:
        """Go on from what `state` gave."""
        if state:
            self._colours = state["colours"].astype(np.float32)
            self._layout = state["layout"].astype(np.float32)
            self._usual = float(state["usual"])


def _describe(image: Image) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Shares of colours (bins**3,), exposure taken out; and brightness on a grid (18, 32)."""
    few = cv2.resize(image, (4 * _GRID[0], 4 * _GRID[1]), interpolation=cv2.INTER_NEAREST)
    small = cv2.resize(few, _GRID, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    level = (small.reshape(-1, 3) - grey.mean()) / max(float(grey.std()), 4.0)
    bins = np.clip((level + 2) * (_BINS / 4), 0, _BINS - 1).astype(np.int64)
    codes = (bins[:, 0] * _BINS + bins[:, 1]) * _BINS + bins[:, 2]
    counts = np.bincount(codes, minlength=_BINS**3).astype(np.float32)
    layout = grey.reshape(18, 2, 32, 2).mean(axis=(1, 3))
    return counts / np.float32(len(codes)), layout


def _correlation(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    """Pearson's, of two pictures; 1 where both are flat, 0 where one is."""
    a, b = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((a**2).sum() * (b**2).sum()))
    if spread < 1:
        return 1.0 if max(float(np.abs(a).max()), float(np.abs(b).max())) < 1 else 0.0
    return float((a * b).sum()) / spread
