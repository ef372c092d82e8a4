"""Fixed fields of noise that textures and backgrounds cut pieces from; made once a process."""

from functools import cache

import cv2
import numpy as np
from jaxtyping import Float32

SIDE = 512
"""Side of a field; every field wraps around."""

FINE, MIDDLE, COARSE, STRANDS = range(4)
"""Rows of `fields`: grain of about 1, 4 and 18 texels, and strands running down."""


@cache
def fields() -> Float32[np.ndarray, "4 512 512"]:
    """Standardised noise of four kinds."""
    generator = np.random.default_rng(20_260)
    made = []
    for across, down in ((0.8, 0.8), (3.5, 3.5), (16.0, 16.0), (0.75, 7.0)):
        white = generator.standard_normal((SIDE, SIDE)).astype(np.float32)
        margin = 64
        padded = np.pad(white, margin, mode="wrap")
        smooth = cv2.GaussianBlur(padded, (0, 0), sigmaX=across, sigmaY=down)
        smooth = smooth[margin:-margin, margin:-margin]
        made.append((smooth - smooth.mean()) / smooth.std())
    return np.stack(made).astype(np.float32)
