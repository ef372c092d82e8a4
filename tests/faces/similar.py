"""Similarities made of what they do."""

import numpy as np


def similarity_of(angle: float, scale: float, dx: float, dy: float) -> np.ndarray:
    """Turn by degrees, scale, then move: (2, 3)."""
    turn = np.deg2rad(angle)
    cosine, sine = scale * np.cos(turn), scale * np.sin(turn)
    return np.array([[cosine, -sine, dx], [sine, cosine, dy]])
