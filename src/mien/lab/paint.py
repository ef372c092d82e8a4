# ruff: noqa: ANN001, ANN201, ANN202, PLR0915, PLR0917
# (numba compiles these: types and shapes stand in the docstrings, arrays come one by one)
"""Painting skin texel by texel: tone, blood, pigment, lips, brows, lashes' roots, beard, scalp."""

from typing import no_type_check

import numpy as np
from numba import njit

from mien.lab.light import ramp
from mien.lab.noise import SIDE


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _sample(noise, kind, row, column, offsets, number):
    mask = SIDE - 1  # SIDE is a power of two
    down, across = int(row) + offsets[number, 0], int(column) + offsets[number, 1]
    return noise[kind, down & mask, across & mask]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def _brow_cover(along, above, x, row, column, noise, offsets, p):
    """Cover of the brow's hairs at one texel, 0-1."""
    thickness, density, arch, length, gap = p[17], p[18], p[19], p[20], p[21]
    start = np.float32(0.10) * (gap - 1)
    s = (along - start) / length
    if s < -0.08 or s > 1.08:
        return np.float32(0)
    if abs(above) > 0.12:
        return np.float32(0)
    above = above - np.float32(0.03) * arch * np.exp(-(((s - 0.62) / 0.3) ** 2))
    above = above - np.float32(0.012) * arch * (s - 0.3)
    half = np.float32(0.036) * thickness * (0.62 + 0.55 * ramp(s, -0.05, 0.22))
    half *= 1 - 0.68 * ramp(s, 0.48, 1.02)
    lean = above * 260.0
    hair = _sample(noise, 3, row * 1.0 + s * 30.0, column * 1.3 - lean * np.sign(x), offsets, 6)
    edge = 1 - ramp(abs(above), half * 0.55, half * 1.12 + 0.004)
    ends = ramp(s, -0.06, 0.10) * (1 - ramp(s, 0.82, 1.06))
    cover = edge * ends * density * (0.95 + 0.24 * hair * (1.15 - 0.6 * density))
    return min(max(cover, np.float32(0)), np.float32(0.96))


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def paint_skin(colour, height, maps, place, noise, offsets, p):
    """Fill colour, gloss and relief; `maps` and `p` are ordered as in `skin` and `_numbers`."""
    size = height.shape[0]
    for row in range(size):
        for column in range(size):
            fine = _sample(noise, 0, row, column, offsets, 0)
            middle = _sample(noise, 1, row, column, offsets, 1)
            coarse = _sample(noise, 2, row, column, offsets, 2)
            strand = _sample(noise, 3, row, column, offsets, 3)
            x, y, z = place[row, column, 0], place[row, column, 1], place[row, column, 2]
            front = ramp(z, 0.2, 0.6)
            # Blood reddens by taking green and blue; melanin darkens all, blue most.
            blood = p[3] * maps[row, column, 1] * front * 0.55
            blood += p[4] * (0.07 * middle + 0.09 * coarse)
            pigment = np.float64(0.015) * fine
            if p[5] > 0:
                spot = ramp(_sample(noise, 1, row * 2, column * 2, offsets, 4), 0.9, 1.5)
                pigment += p[5] * 0.5 * spot * maps[row, column, 2] * front
            pigment += p[4] * 0.07 * _sample(noise, 2, row, column, offsets, 5)
            pigment += p[6] * 0.40 * maps[row, column, 3] * front
            pigment += 0.10 * maps[row, column, 5] * front
            red = p[0] * (1 - 0.10 * blood) * (1 - 0.55 * pigment)
            green = p[1] * (1 - 0.62 * blood) * (1 - 0.80 * pigment)
            blue = p[2] * (1 - 0.55 * blood) * (1 - 0.88 * pigment)
            gloss = p[7] * maps[row, column, 8] * (1 + 0.12 * middle)
            lips = maps[row, column, 0]
            if lips > 0:
                lip = 1 + 0.10 * strand + 0.05 * middle
                red += (p[9] * lip - red) * lips
                green += (p[10] * lip - green) * lips
                blue += (p[11] * lip - blue) * lips
                gloss += (p[12] - gloss) * lips
            cover = _brow_cover(
                maps[row, column, 9], maps[row, column, 10], x, row, column,
                noise, offsets, p,
            )  # fmt: skip
            red += (p[14] - red) * cover
            green += (p[15] - green) * cover
            blue += (p[16] - blue) * cover
            edge = maps[row, column, 4] * (0.25 + 0.6 * p[13])
            red *= 1 - edge * 0.85
            green *= 1 - edge * 0.9
            blue *= 1 - edge * 0.9
            grain = 0.80 + 0.25 * fine
            shadow = p[26] * 0.42 * max(maps[row, column, 6], maps[row, column, 7] * 0.9)
            shadow *= min(max(grain, 0.0), 1.4)
            beard = max(p[27] * maps[row, column, 6], p[28] * maps[row, column, 7])
            ragged = (0.10 * strand + 0.04 * fine) * (beard > 0.02)
            beard = ramp(beard + ragged, 0.12, 0.85) * 0.90
            line = maps[row, column, 11] - 0.09 * p[25] * ramp(y, 7.4, 7.8)
            scalp = ramp(line + 0.012 * strand, -0.02, 0.05) * (0.94 - 0.72 * p[29])
            hair = max(beard, scalp)
            tint = 1 + 0.25 * strand
            red += (p[22] * 0.6 * p[0] - red) * shadow
            green += (p[23] * 0.5 + 0.18 * p[1] - green) * shadow
            blue += (p[24] * 0.5 + 0.24 * p[2] - blue) * shadow
            red += (p[22] * tint - red) * hair
            green += (p[23] * tint - green) * hair
            blue += (p[24] * tint - blue) * hair
            gloss *= 1 - 0.75 * max(hair, cover)
            colour[row, column, 0] = max(red, np.float32(0.002))
            colour[row, column, 1] = max(green, np.float32(0.002))
            colour[row, column, 2] = max(blue, np.float32(0.002))
            colour[row, column, 3] = gloss
            relief = 0.05 * fine + 0.10 * middle * (0.5 + p[4])
            relief += 0.25 * cover * strand + 0.3 * beard * strand + 0.10 * lips * strand
            height[row, column] = relief
