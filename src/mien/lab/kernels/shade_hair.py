# ruff: noqa: ANN001, ANN201, PLR0915, PLR0917
# (numba compiles these: types and shapes stand in the docstrings, arrays come one by one)
"""Light on what is laid over the head: the hair's shell, and the lashes, blended by their cover."""

from typing import no_type_check

import numpy as np
from numba import njit

from mien.lab.kernels.light import normal, ramp, shadow_of

_F = np.float32


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def shade_hair(
    out, face_of, weights, faces, position, normals, grid, cuts, noise, offset, lights, ambient,
    head_up, shadow, frame, hair_rgb, curl,
):  # fmt: skip
    """Blend one layer of the shell over `out`; arguments as in `shade.shade`.

    Args of its own:
        grid: across and down in noise texels, per shell vertex.
        cuts: signed distances inside the hairline and above the hair's ends.
        offset: (2,) int64 where in the noise this person's strands lie.
        hair_rgb: colour.
        curl: 0 straight to 1 tight.
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
            gx = wa * grid[a, 0] + wb * grid[b, 0] + wc * grid[c, 0]
            gy = wa * grid[a, 1] + wb * grid[b, 1] + wc * grid[c, 1]
            line = wa * cuts[a, 0] + wb * cuts[b, 0] + wc * cuts[c, 0]
            end = wa * cuts[a, 1] + wb * cuts[b, 1] + wc * cuts[c, 1]
            i, j = int(gy * _F(0.6)) + offset[0] + 4096, int(gx * _F(1.7)) + offset[1] + 4096
            strand = noise[3, i % 512, j % 512]
            lock = noise[2, (i // 2) % 512, (j // 1) % 512]
            if curl > 0:
                strand += curl * (_F(0.9) * noise[1, i % 512, j % 512] - strand)
            ragged = _F(0.016) * strand + _F(0.024) * lock
            cover = ramp(line + ragged, _F(-0.01), _F(0.05))
            cover *= ramp(end + _F(4) * ragged, _F(0), _F(0.14))
            if cover <= 0:
                continue
            nx = wa * normals[a, 0] + wb * normals[b, 0] + wc * normals[c, 0]
            ny = wa * normals[a, 1] + wb * normals[b, 1] + wc * normals[c, 1]
            nz = wa * normals[a, 2] + wb * normals[b, 2] + wc * normals[c, 2]
            px = wa * position[a, 0] + wb * position[b, 0] + wc * position[c, 0]
            py = wa * position[a, 1] + wb * position[b, 1] + wc * position[c, 1]
            pz = wa * position[a, 2] + wb * position[b, 2] + wc * position[c, 2]
            back = _F(1)
            if nz < 0:
                back, nx, ny, nz = _F(0.25), -nx, -ny, -nz
            else:
                # Single hairs stand off the outline.
                cover *= ramp(nz + _F(0.10) * strand, _F(-0.02), _F(0.20))
            if curl > 0:
                nx += curl * _F(0.35) * noise[1, (i + 3) % 512, j % 512]
                ny += curl * _F(0.35) * noise[1, i % 512, (j + 5) % 512]
                nx, ny, nz = normal(nx, ny, nz)
            up = nx * head_up[0] + ny * head_up[1] + nz * head_up[2]
            tx, ty, tz = head_up[0] - nx * up, head_up[1] - ny * up, head_up[2] - nz * up
            length = np.sqrt(tx * tx + ty * ty + tz * tz) + _F(1e-6)
            tx, ty, tz = tx / length, ty / length, tz / length
            tone = _F(0.80) + _F(0.36) * strand + _F(0.16) * lock
            # Hair is darker where it leaves the skin, below other hair.
            tone = max(_F(0.22), tone) * (_F(0.62) + _F(0.38) * ramp(line, _F(0.0), _F(0.16)))
            reach = shadow_of(shadow, frame, px, py, pz, _F(0.10))
            for channel in range(3):
                value = hair_rgb[channel] * ambient[channel] * _F(0.7) * tone
                for index in range(lights.shape[0]):
                    lx, ly, lz = lights[index, 0], lights[index, 1], lights[index, 2]
                    lit = reach if index == 0 else _F(1)
                    facing = max(_F(0), (nx * lx + ny * ly + nz * lz + _F(0.3)) / _F(1.3))
                    # Kajiya and Kay (1989): gloss of a fibre depends on its tangent alone.
                    hx, hy, hz = lx, ly, lz + _F(1)
                    size = np.sqrt(hx * hx + hy * hy + hz * hz) + _F(1e-6)
                    dot = (tx * hx + ty * hy + tz * hz) / size + _F(0.06) * strand
                    sine = np.sqrt(max(_F(0), 1 - dot * dot))
                    gloss = np.exp(_F(24) * (sine - _F(1))) * _F(0.075) * (_F(1) - _F(0.6) * curl)
                    gloss *= facing * max(_F(0.2), _F(1) + _F(0.7) * strand)
                    gloss *= _F(0.5) + hair_rgb[channel]
                    light = lights[index, 3 + channel] * lit
                    value += light * (hair_rgb[channel] * facing * tone + gloss * tone)
                value *= back
                out[row, column, channel] += (value - out[row, column, channel]) * cover
            out[row, column, 3] += (_F(1) - out[row, column, 3]) * cover


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def shade_lashes(out, face_of, weights, faces, tip, noise, strength, light):
    """Darken `out` where lashes are; `tip` is 0 at a lash's root and 1 at its end."""
    tall, wide = face_of.shape
    for row in range(tall):
        for column in range(wide):
            face = face_of[row, column]
            if face < 0:
                continue
            a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
            wa, wb = weights[row, column, 0], weights[row, column, 1]
            along = wa * tip[a] + wb * tip[b] + (_F(1) - wa - wb) * tip[c]
            hair = noise[0, (row * 3) % 512, (column * 3) % 512]
            cover = (
                strength * (_F(1) - ramp(along, _F(0.15), _F(0.95))) * (_F(0.75) + _F(0.3) * hair)
            )
            cover = min(max(cover, _F(0)), _F(0.95))
            for channel in range(3):
                dark = _F(0.012) * light
                out[row, column, channel] += (dark - out[row, column, channel]) * cover
