# ruff: noqa: ANN001, ANN201, ANN202, PLR0915, PLR0917
# (numba compiles these: types and shapes stand in the docstrings, arrays come one by one)
"""Painting skin texel by texel: tone, blood, pigment, lips, brows, lashes' roots, beard, scalp."""

from typing import no_type_check

import numpy as np
from numba import njit

from mien.lab.chance.noise import SIDE
from mien.lab.kernels.light import ramp


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _sample(noise, kind, row, column, offsets, number):
    mask = SIDE - 1  # SIDE is a power of two
    down, across = int(row) + offsets[number, 0], int(column) + offsets[number, 1]
    return noise[kind, down & mask, across & mask]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def _brow_cover(along, above, x, noise, offsets, p):
    """Cover of the brow's hairs at one texel, 0-1.

    Hairs stand up at the inner end, lean outwards along the brow and lie flat at its tail; those
    of the upper edge lean down into it. Edges are hairs too, so they are soft.
    """
    thickness, density, arch, length, gap = p[17], p[18], p[19], p[20], p[21]
    start = np.float32(0.10) * (gap - 1)
    s = (along - start) / length
    if s < -0.12 or s > 1.10 or abs(above) > 0.14:
        return np.float32(0)
    peak = np.exp(-(((s - 0.62) / 0.3) ** 2))
    above = above + np.float32(0.016) - np.float32(0.022) * arch * peak
    above = above - np.float32(0.012) * arch * (s - 0.3)
    half = np.float32(0.040) * thickness * (0.66 + 0.44 * ramp(s, -0.05, 0.25))
    half *= 1 - 0.62 * ramp(s, 0.45, 1.05)
    level = min(max(above / half, np.float32(-1)), np.float32(1))
    lean = 1.30 - 1.35 * ramp(s, -0.05, 0.55) - 0.35 * level
    right, up = 60.0 * s * length, 126.0 * above
    down = 400 + 0.8 * (right * np.cos(lean) + up * np.sin(lean))
    across = 400 + 1.5 * (up * np.cos(lean) - right * np.sin(lean)) + (97.0 if x < 0 else 0.0)
    hair = _sample(noise, 3, down, across, offsets, 6)
    clump = _sample(noise, 1, down * 0.7, across * 0.7, offsets, 7)
    away = abs(above) / half - 0.16 * hair - 0.06 * clump
    edge = 1 - ramp(away, 0.45, 1.45)
    ends = ramp(s + 0.03 * hair, -0.13, 0.24) * (1 - ramp(s, 0.72, 1.08))
    cover = edge * ends * density * (1.06 + 0.20 * hair * (1.2 - 0.6 * density) + 0.06 * clump)
    return min(max(cover, np.float32(0)), np.float32(0.93))


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def paint_skin(colour, height, maps, place, noise, offsets, p):
    """Fill colour, gloss and height; `maps` and `p` are ordered as in `skin` and `_numbers`."""
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
            blood = p[3] * maps[row, column, 1] * front * 0.36
            blood += p[4] * (0.03 * middle + 0.06 * coarse)
            pigment = np.float64(0.010) * fine
            if p[5] > 0:
                spot = ramp(_sample(noise, 1, row * 2, column * 2, offsets, 4), 0.9, 1.5)
                pigment += p[5] * 0.5 * spot * maps[row, column, 2] * front
            pigment += p[4] * 0.04 * _sample(noise, 2, row, column, offsets, 5)
            pigment += p[6] * 0.40 * maps[row, column, 3] * front
            pigment += 0.45 * p[31] * maps[row, column, 5] * front
            red = p[0] * (1 - 0.10 * blood) * (1 - 0.55 * pigment)
            green = p[1] * (1 - 0.62 * blood) * (1 - 0.80 * pigment)
            blue = p[2] * (1 - 0.55 * blood) * (1 - 0.88 * pigment)
            gloss = p[7] * maps[row, column, 8] * (1 + 0.12 * middle)
            lips = maps[row, column, 0]
            if lips > 0:
                lip = (1 + 0.07 * strand + 0.04 * middle) * (1 - p[30] * maps[row, column, 12])
                red += (p[9] * lip - red) * lips
                green += (p[10] * lip - green) * lips
                blue += (p[11] * lip - blue) * lips
                gloss += (p[12] - gloss) * lips
            cover = _brow_cover(maps[row, column, 9], maps[row, column, 10], x, noise, offsets, p)
            red += (p[14] - red) * cover
            green += (p[15] - green) * cover
            blue += (p[16] - blue) * cover
            edge = maps[row, column, 4] * (0.50 + 0.45 * p[13])
            red *= 1 - edge * 0.85
            green *= 1 - edge * 0.9
            blue *= 1 - edge * 0.9
            grain = 0.80 + 0.25 * fine
            shadow = p[26] * 0.42 * max(maps[row, column, 6], maps[row, column, 7] * 0.9)
            shadow *= min(max(grain, 0.0), 1.4)
            beard = max(p[27] * maps[row, column, 6], p[28] * maps[row, column, 7])
            ragged = (0.05 * strand + 0.04 * middle + 0.05 * fine) * (beard > 0.02)
            beard = ramp(beard + ragged, 0.05, 1.05) * 0.88
            line = maps[row, column, 11] - 0.09 * p[25] * ramp(y, 7.4, 7.8)
            scalp = ramp(line + 0.012 * strand, -0.02, 0.05) * (0.94 - 0.72 * p[29])
            hair = max(beard, scalp)
            tint = 1 + 0.13 * strand + 0.07 * fine
            red += (p[22] * 0.4 + 0.14 * p[0] - red) * shadow
            green += (p[23] * 0.4 + 0.17 * p[1] - green) * shadow
            blue += (p[24] * 0.4 + 0.20 * p[2] - blue) * shadow
            red += (p[22] * tint - red) * hair
            green += (p[23] * tint - green) * hair
            blue += (p[24] * tint - blue) * hair
            gloss *= 1 - 0.75 * max(hair, cover)
            colour[row, column, 0] = max(red, np.float32(0.002))
            colour[row, column, 1] = max(green, np.float32(0.002))
            colour[row, column, 2] = max(blue, np.float32(0.002))
            colour[row, column, 3] = gloss
            relief = 0.035 * fine + 0.045 * middle * (0.4 + p[4])
            relief += 0.15 * cover * strand + 0.3 * beard * strand + 0.10 * lips * strand
            height[row, column] = relief
