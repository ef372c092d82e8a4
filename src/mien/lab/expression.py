"""What a face does: action-unit intensities per side, gaze and tongue."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32

from mien.facs import LAB_AUS, SIDES


def _no_action() -> Float32[np.ndarray, "24 2"]:
    return np.zeros((len(LAB_AUS), len(SIDES)), np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class FaceState:
    """Intensities of `facs.LAB_AUS` on the subject's left and right, gaze and tongue.

    Units of the midline (25, 26, 27, and the like) may differ between sides too; the renderer
    then uses each side's own value where the anatomy allows it and the larger otherwise.
    """

    intensity: Float32[np.ndarray, "24 2"] = field(default_factory=_no_action)
    """Rows as in `facs.LAB_AUS`, columns as in `facs.SIDES`; 0-5."""
    gaze: tuple[float, float] = (0.0, 0.0)
    """Degrees relative to the head: yaw (positive: the subject's left), pitch (positive: up)."""
    tongue: float = 0.0
    """0 (at rest) to 1 (out)."""

    @classmethod
    def of(
        cls,
        units: Mapping[int, float | int | tuple[float | int, float | int]],
        *,
        gaze: tuple[float, float] = (0.0, 0.0),
        tongue: float = 0.0,
    ) -> "FaceState":
        """From {unit: intensity} or {unit: (left, right)}; units left out are 0.

        Raises:
            ValueError: a unit is not one the lab renders.
        """
        intensity = _no_action()
        for unit, value in units.items():
            if unit not in LAB_AUS:
                raise ValueError(f"the lab does not render unit {unit}")
            intensity[LAB_AUS.index(unit)] = value
        return cls(intensity=intensity, gaze=gaze, tongue=tongue)
