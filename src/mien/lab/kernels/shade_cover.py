# ruff: noqa: ANN001, ANN201, PLR0915, PLR0917
# (numba compiles these: types and shapes stand in the docstrings, arrays come one by one)
"""Light on cloth over the head and shoulders: ribbed wool, smooth cloth, cloth in folds."""

from typing import no_type_check

import numpy as np
from numba import njit

from mien.lab.kernels.light import normal, ramp, shadow_of

_F = np.float32


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def shade_cover(
    out, face_of, weights, faces, position, normals, grid, cuts, noise, offset, lights, ambient,
    shadow, frame, first, second, material,
):  # fmt: skip
    """Blend one layer of cloth over `out`; arguments as in `shade_hair.shade_hair`.

    Args of its own:
        first: colour.
        second: of its stripes.
        material: 1 ribbed wool, 2 smooth cloth, 3 cloth in folds.
    """
    tall, wide = face_of.shape
    for row in range(tall):
        for column in range(wide):
            face = face_of[row, column]
            if face < 0:
                continue
            a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
            wa, wb = weights[row, column, 0], weights[row, column, 1]
            wc = _F(1) - wa - wb
            line = wa * cuts[a, 0] + wb * cuts[b, 0] + wc * cuts[c, 0]
            end = wa * cuts[a, 1] + wb * cuts[b, 1] + wc * cuts[c, 1]
            cover = ramp(line, _F(-0.006), _F(0.008)) * ramp(end, _F(0), _F(0.02))
            if cover <= 0:
                continue
            gx = wa * grid[a, 0] + wb * grid[b, 0] + wc * grid[c, 0]
            gy = wa * grid[a, 1] + wb * grid[b, 1] + wc * grid[c, 1]
            i, j = int(gy * _F(2)) + offset[0] + 4096, int(gx * _F(2)) + offset[1] + 4096
            nx = wa * normals[a, 0] + wb * normals[b, 0] + wc * normals[c, 0]
            ny = wa * normals[a, 1] + wb * normals[b, 1] + wc * normals[c, 1]
            nz = wa * normals[a, 2] + wb * normals[b, 2] + wc * normals[c, 2]
            back = _F(1)
            if nz < 0:
                back, nx, ny, nz = _F(0.35), -nx, -ny, -nz
            tone = _F(1) + _F(0.05) * noise[0, i % 512, j % 512]
            stripe = _F(0)
            if material == 1:
                rib = np.sin(gx * _F(1.05))
                tone *= _F(0.86) + _F(0.14) * rib + _F(0.06) * noise[1, i % 512, j % 512]
                nx += _F(0.18) * np.cos(gx * _F(1.05))
                stripe = ramp(abs(line - _F(0.28)), _F(0.08), _F(0.07))
            elif material == 3:
                fold = np.sin(gx * _F(0.13) + gy * _F(0.20) + _F(1.3) * noise[2, i % 512, j % 512])
                nx += _F(0.22) * fold
                ny += _F(0.30) * fold
                tone *= _F(0.90) + _F(0.10) * fold
            else:
                tone *= _F(1) + _F(0.05) * noise[1, (i // 2) % 512, (j // 2) % 512]
                nx += _F(0.10) * noise[2, i % 512, j % 512]
            # The edge lies on the skin: it is shaded, and its hem catches light.
            tone *= _F(0.70) + _F(0.30) * ramp(line, _F(0.0), _F(0.05))
            nx, ny, nz = normal(nx, ny, nz)
            px = wa * position[a, 0] + wb * position[b, 0] + wc * position[c, 0]
            py = wa * position[a, 1] + wb * position[b, 1] + wc * position[c, 1]
            pz = wa * position[a, 2] + wb * position[b, 2] + wc * position[c, 2]
            reach = shadow_of(shadow, frame, px, py, pz, _F(0.12))
            for channel in range(3):
                base = first[channel] + (second[channel] - first[channel]) * stripe
                sky = ambient[3 + channel] + (ambient[channel] - ambient[3 + channel]) * (
                    _F(0.5) + _F(0.5) * ny
                )
                value = base * sky * _F(0.85)
                for index in range(lights.shape[0]):
                    facing = nx * lights[index, 0] + ny * lights[index, 1] + nz * lights[index, 2]
                    lit = reach if index == 0 else _F(1)
                    value += (
                        base
                        * lights[index, 3 + channel]
                        * lit
                        * max((facing + _F(0.12)) / _F(1.12), _F(0))
                    )
                value *= tone * back
                out[row, column, channel] += (value - out[row, column, channel]) * cover
            out[row, column, 3] += (_F(1) - out[row, column, 3]) * cover
