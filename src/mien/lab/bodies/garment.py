"""Something worn: a mesh over the head or the shoulders that follows the head's turn."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, UInt8

HAIR, KNIT, CLOTH, FOLDED = 0.0, 1.0, 2.0, 3.0
"""Materials: hair, ribbed wool, smooth cloth, cloth laid in folds."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Garment:
    """A mesh on the resting person, and how it is cut and lit."""

    vertices: Float32[np.ndarray, "vertex 3"]
    faces: Int32[np.ndarray, "face 3"]
    kept: UInt8[np.ndarray, " face"]
    """Faces that the cuts leave: 1 where any corner is within both."""
    grid: Float32[np.ndarray, "vertex 2"]
    """Across and down in noise texels."""
    cuts: Float32[np.ndarray, "vertex 2"]
    """Signed distances inside the upper line (a hairline, a cap's edge) and above the lower one."""
    material: float
    colour: tuple[float, float, float]
    second: tuple[float, float, float]
    """Of stripes or of a cap's peak; for hair, of its grey strands."""
    curl: float = 0.0
    """Of hair: 0 straight to 1 tight."""
    hangs: bool = False
    """Whether its inner side can be seen."""

    def __repr__(self) -> str:
        return f"Garment({len(self.vertices)} vertices)"


def kept_by(
    cuts: Float32[np.ndarray, "vertex 2"], faces: Int32[np.ndarray, "face 3"]
) -> UInt8[np.ndarray, " face"]:
    """1 for faces with a corner inside both cuts, or near enough for a ragged edge."""
    inside = np.asarray((cuts > -0.12).all(axis=1), np.uint8)
    return np.max(inside[faces], axis=1)
