# ruff: noqa: ANN001, ANN201, C901, PLR0915, PLR0917
# (numba compiles these: types and shapes stand in the docstrings, arrays come one by one)
"""Light on things held before a face: parts with round ends, drawn as if they were solid."""

from typing import no_type_check

import numpy as np
from numba import njit

from mien.lab.kernels.light import normal, ramp

_F = np.float32


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def shade_held(out, parts, lights, ambient, colour, noise, size, material):
    """Draw capsules over `out` (height, width, 4: linear RGB times cover, and cover).

    Args:
        out: float32, zeroed.
        parts: float32 (part, 8): start x, y, radius, end x, y, radius in pixels, height above
            the face (the highest surface wins), and the limb a part belongs to.
        lights: float32 (light, 6): direction to it (y up), colour times intensity.
        ambient: float32 (3,).
        colour: float32 (3,).
        noise: `noise.fields()`.
        size: of the whole, in pixels.
        material: 0 skin, 1 glazed, 2 a metal net.
    """
    tall, wide = out.shape[0], out.shape[1]
    for row in range(tall):
        y = _F(row + 0.5)
        for column in range(wide):
            x = _F(column + 0.5)
            best, second, cover = _F(-1e9), _F(-1e9), _F(0)
            nx, ny, nz, tip = _F(0), _F(0), _F(1), _F(0)
            limb = _F(-1)
            for index in range(parts.shape[0]):
                ax, ay, ar = parts[index, 0], parts[index, 1], parts[index, 2]
                dx, dy, dr = parts[index, 3] - ax, parts[index, 4] - ay, parts[index, 5] - ar
                along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy + _F(1e-9))
                along = min(max(along, _F(0)), _F(1))
                ex, ey = x - ax - along * dx, y - ay - along * dy
                radius = ar + along * dr
                away = np.sqrt(ex * ex + ey * ey)
                edge = min(max(radius - away + _F(0.5), _F(0)), _F(1))
                if edge <= 0:
                    continue
                cover = max(cover, edge)
                share = min(away / radius, _F(0.98))
                rise = np.sqrt(_F(1) - share * share)
                flat = _F(0.35) if radius > _F(0.3) * size else _F(0.8)
                height = parts[index, 6] + flat * radius * rise
                if height > best:
                    if parts[index, 7] != limb:
                        second = best
                    best, limb = height, parts[index, 7]
                    nx, ny, nz = normal(ex / radius, -ey / radius, rise + _F(0.25))
                    tip = along if index > 0 else _F(0)
                elif height > second and parts[index, 7] != limb:
                    second = height
            if cover <= 0:
                continue
            i, j = (row * 2) % 512, (column * 2) % 512
            # Where two parts are as high as each other lies a crease.
            crease = ramp(best - second, _F(0.0), _F(0.05) * size) * _F(0.55) + _F(0.45)
            edge_dark = _F(0.55) + _F(0.45) * nz
            tone = _F(1) + _F(0.05) * noise[1, i, j] + _F(0.03) * noise[0, i, j]
            if material == 2:
                tone = _F(0.6) + _F(0.8) * _F((row + column) % 2)
            for channel in range(3):
                base = colour[channel]
                if material == 0:
                    base *= _F(1) + (_F(0.10) * tip if channel == 0 else _F(-0.05) * tip)
                value = base * ambient[channel] * (_F(0.6) + _F(0.4) * ny)
                for index in range(lights.shape[0]):
                    lx, ly, lz = lights[index, 0], lights[index, 1], lights[index, 2]
                    facing = nx * lx + ny * ly + nz * lz
                    wrap = _F(0.25) if channel == 0 else _F(0.12)
                    lit = max((facing + wrap) / (_F(1) + wrap), _F(0))
                    hx, hy, hz = normal(lx, ly, lz + _F(1))
                    half = max(nx * hx + ny * hy + nz * hz, _F(0))
                    sharp = _F(12) if material == 0 else _F(60)
                    shine = _F(0.03) if material == 0 else _F(0.35)
                    gloss = shine * np.exp(sharp * (half - _F(1))) * (facing > 0)
                    value += lights[index, 3 + channel] * (base * lit + gloss)
                out[row, column, channel] = value * crease * edge_dark * tone * cover
            out[row, column, 3] = cover
