"""Similarities between pixel coordinates, and images resampled along them without aliasing."""

import cv2
import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
"""A (2, 3) affine map of pixel coordinates: x right, y down, pixel centres at integer + 0.5."""
Image = npt.NDArray[np.uint8]
"""RGB, (height, width, 3)."""


def similarity(source: npt.NDArray[np.floating], target: npt.NDArray[np.floating]) -> Matrix:
    """Least-squares similarity taking points `source` to `target`, both (points, 2).

    Closed form of Umeyama (1991, IEEE PAMI 13(4), eq. 40-42) in the plane, where the rotation is
    a complex number: no reflection, no iteration, no outlier rejection.

    Returns:
        (2, 3) float64.

    Raises:
        ValueError: fewer than two points, or all in one place.
    """
    a = np.asarray(source, np.float64)
    b = np.asarray(target, np.float64)
    if a.shape != b.shape or a.ndim != 2 or a.shape[1] != 2 or len(a) < 2:
        raise ValueError(f"two sets of at least two points are needed, got {a.shape}, {b.shape}")
    mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
    p = (a - mean_a) @ np.array([1, 1j])
    q = (b - mean_b) @ np.array([1, 1j])
    spread = float(np.vdot(p, p).real)
    if spread <= 1e-12:
        raise ValueError("the points lie all in one place")
    turn = np.vdot(p, q) / spread  # scale times rotation
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]], np.float64)
    return np.asarray(np.column_stack([linear, mean_b - linear @ mean_a]), np.float64)


def apply(matrix: Matrix, points: npt.NDArray[np.number]) -> npt.NDArray[np.float64]:
    """Map points (..., 2)."""
    mapped = np.asarray(points, np.float64) @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(mapped, np.float64)


def invert(matrix: Matrix) -> Matrix:
    """The map that undoes `matrix`."""
    linear = np.asarray(np.linalg.inv(matrix[:, :2]), np.float64)
    return np.column_stack([linear, -linear @ matrix[:, 2]])


def compose(second: Matrix, first: Matrix) -> Matrix:
    """The map that does `first`, then `second`."""
    return np.column_stack(
        [second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2] + second[:, 2]]
    )


def scale_of(matrix: Matrix) -> float:
    """Target pixels per source pixel."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def resample(image: Image, matrix: Matrix, size: int, *, replicate: bool = False) -> Image:
    """The (size, size, 3) image whose pixels lie at `matrix` of the source's.

    Where the source is finer than twice the target, the part in view is first shrunk by area
    averaging to less than twice, so that nothing aliases; then one bilinear step.

    Args:
        image: RGB uint8.
        matrix: image px to target px.
        size: side of the target, px.
        replicate: extend the border instead of filling with black.
    """
    if scale_of(matrix) < 0.5:
        image, matrix = _shrink(image, matrix, size)
    centred = matrix.copy()  # cv2 puts pixel centres at integers
    centred[:, 2] += matrix[:, :2] @ np.array([0.5, 0.5]) - 0.5
    border = cv2.BORDER_REPLICATE if replicate else cv2.BORDER_CONSTANT
    out = cv2.warpAffine(image, centred, (size, size), flags=cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(out, np.uint8)


def _shrink(image: Image, matrix: Matrix, size: int) -> tuple[Image, Matrix]:
    """Cut out what the target sees and average it down by a whole factor."""
    height, width = image.shape[:2]
    corners = apply(invert(matrix), np.array([[0, 0], [size, 0], [0, size], [size, size]]))
    factor = int(np.floor(1 / scale_of(matrix)))
    low = np.floor(corners.min(axis=0)).astype(int) - 2 * factor
    high = np.ceil(corners.max(axis=0)).astype(int) + 2 * factor
    left, top = (int(v) for v in np.maximum(low, 0))
    right, bottom = int(min(high[0], width)), int(min(high[1], height))
    columns, rows = (right - left) // factor, (bottom - top) // factor
    if columns < 1 or rows < 1:
        return image, matrix
    part = image[top : top + rows * factor, left : left + columns * factor]
    small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    back = np.array([[factor, 0, left], [0, factor, top]], np.float64)
    return np.asarray(small, np.uint8), compose(matrix, back)
