"""FaceSwap in plain NumPy: SVD, loops over pixels, sums over taps."""

from math import exp, floor, hypot

import numpy as np

RIGHT_EYE, LEFT_EYE = range(36, 42), range(42, 48)
FITTED = [*range(17, 27), *range(27, 35), *range(36, 48), *range(48, 61)]
UPPER, LOWER = [*range(36, 48), *range(17, 27)], [*range(27, 36), *range(48, 68)]


def swap(expression, donor, face, donor_face, *, feather):
    """The picture as floats, neither rounded nor clipped; and where the mask is not 0 or 1."""
    matrix, shift = procrustes(face[FITTED], donor_face[FITTED])
    placed = face.astype(float) @ matrix.T + shift
    warped = warp(expression.astype(float), matrix, shift)
    distance = eyes(donor_face)
    taps = int(0.6 * distance)
    taps += taps % 2 == 0
    deviation = 0.3 * ((taps - 1) * 0.5 - 1) + 0.8
    own, wanted = (blur(one, taps, deviation) for one in (warped, donor.astype(float)))
    own = np.where(own <= 1, own + 128, own)
    mask = np.zeros(donor.shape[:2])
    for points in (donor_face.astype(float), placed):
        for group in (UPPER, LOWER):
            for y, x in np.ndindex(mask.shape):
                mask[y, x] = max(mask[y, x], in_hull((x + 0.5, y + 0.5), points[group]))
    if feather:
        wide = feather * distance
        mask = blur(mask[..., None], 2 * round(4 * wide) + 1, wide)[..., 0]
    return donor * (1 - mask[..., None]) + warped * wanted / own * mask[..., None], placed


def eyes(points):
    right, left = points[list(RIGHT_EYE)].mean(0), points[list(LEFT_EYE)].mean(0)
    return hypot(*(left - right))


def procrustes(source, target):
    """Orthogonal Procrustes by SVD; each shape is scaled by its deviation (the released way)."""
    a, b = source.astype(float), target.astype(float)
    mean_a, mean_b = a.mean(0), b.mean(0)
    a, b = a - mean_a, b - mean_b
    u, spectrum, vt = np.linalg.svd(a.T @ b)
    matrix = (u @ vt).T * spectrum.sum() / (a**2).sum()
    return matrix, mean_b - matrix @ mean_a


def warp(image, matrix, shift):
    """Each pixel bilinear from where it came; black outside."""
    height, width = image.shape[:2]
    back, out = np.linalg.inv(matrix), np.zeros_like(image)
    for y, x in np.ndindex(height, width):
        u, v = back @ (np.array([x + 0.5, y + 0.5]) - shift) - 0.5
        left, top = floor(u), floor(v)
        for dy, dx in np.ndindex(2, 2):
            row, column = top + dy, left + dx
            if 0 <= row < height and 0 <= column < width:
                share = (1 - abs(u - column)) * (1 - abs(v - row))
                out[y, x] += share * image[row, column]
    return out


def blur(image, taps, deviation):
    """Gaussian by sums over taps, mirrored at the edges without doubling the edge pixel."""
    reach = taps // 2
    kernel = np.array([exp(-0.5 * (k / deviation) ** 2) for k in range(-reach, reach + 1)])
    kernel /= kernel.sum()
    for axis in (0, 1):
        count = image.shape[axis]
        total = np.zeros_like(image)
        for offset, weight in zip(range(-reach, reach + 1), kernel, strict=True):
            places = np.abs(np.arange(count) + offset)
            places = np.where(places >= count, 2 * (count - 1) - places, places)
            total += weight * np.take(image, places, axis=axis)
        image = total
    return image


def in_hull(point, cloud):
    """A point lies in a hull unless all of the cloud can be seen within half a turn from it."""
    angles = np.sort(np.arctan2(cloud[:, 1] - point[1], cloud[:, 0] - point[0]))
    gaps = np.diff(angles, append=angles[0] + 2 * np.pi)
    return float(gaps.max() <= np.pi)
