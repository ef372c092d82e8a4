"""Made-up faces with 68 points: smooth pictures, a mean shape under random similarities."""

import cv2
import numpy as np

from mien.data.landmarks import Points


def mean_shape() -> np.ndarray:
    """(68, 2) about the middle of a square of side 1; an ordinary face drawn from ellipses."""
    points = np.zeros((68, 2))
    turn = np.linspace(np.pi, 0, 17)
    points[:17] = np.stack([0.5 + 0.3 * np.cos(turn), 0.5 + 0.35 * np.sin(turn)], 1)
    for first, centre in ((17, 0.38), (22, 0.62)):
        x = np.linspace(-0.08, 0.08, 5)
        points[first : first + 5] = np.stack([centre + x, 0.36 + 3 * x**2], 1)
    points[27:31] = np.stack([np.full(4, 0.5), np.linspace(0.42, 0.54, 4)], 1)
    points[31:36] = np.stack(
        [np.linspace(0.46, 0.54, 5), 0.57 - np.array([2, 1, 0, 1, 2]) / 200], 1
    )
    for first, centre in ((36, 0.38), (42, 0.62)):
        points[first : first + 6] = ellipse((centre, 0.43), (0.05, 0.02), 6)
    points[48:60] = ellipse((0.5, 0.68), (0.09, 0.04), 12)
    points[60:68] = ellipse((0.5, 0.68), (0.06, 0.015), 8)
    return points


def ellipse(centre: tuple[float, float], radii: tuple[float, float], count: int) -> np.ndarray:
    turn = np.pi + np.arange(count) * 2 * np.pi / count
    return np.stack([centre[0] + radii[0] * np.cos(turn), centre[1] + radii[1] * np.sin(turn)], 1)


def points68(generator: np.random.Generator, size: int = 48) -> Points:
    angle, scale = generator.uniform(-0.3, 0.3), generator.uniform(0.8, 1.1) * size
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = size / 2 + generator.uniform(-0.05, 0.05, 2) * size
    shape = mean_shape() - 0.5 + generator.normal(0, 0.006, (68, 2))
    return (shape @ turn.T + centre).astype(np.float32)


def picture(generator: np.random.Generator, size: int = 48) -> np.ndarray:
    coarse = generator.integers(20, 236, (5, 5, 3), dtype=np.uint8)
    return cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
