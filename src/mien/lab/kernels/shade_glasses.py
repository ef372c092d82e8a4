# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0917
# (numba compiles these: types and shapes stand in the docstrings, arrays come one by one)
"""Light on glasses: rims by their distance, lenses that mirror the lights, a shadow on the skin.

`numbers` (see `fit_glasses.Fitted`): distance of the lenses' middles from the midline, their half
width and half height, corner radius, taper, rim above and below, height of the bridge, whether it
is double, half width of the front, height of the hinges, metal, tint, gloss, colour (3), half
height of the arms. Outlines are exact distances, so that a rim thinner than a pixel stays whole.
"""

from typing import no_type_check

import numpy as np
from numba import njit

from mien.lab.kernels.light import normal, ramp

_F = np.float32


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def outline(across, up, numbers, soft, out):
    """What lies at a point of the front, into out[0:3].

    Args:
        across: from the midline.
        up: from the lenses' middle.
        numbers: of the glasses.
        soft: width over which edges fade, model units.
        out: rim's cover, distance from the lens's edge (negative inside), place in the rim
            from its inner (-1) to its outer edge (1).
    """
    x, high, wide = abs(across) - numbers[0], numbers[2], numbers[1]
    share = min(max(up / high, _F(-1)), _F(1))
    # The lower corner on the nose's side draws in.
    lean = numbers[4] * wide * (_F(0.5) - _F(0.5) * share)
    if x < 0:
        x -= lean
        wide_here = wide
    else:
        wide_here = wide - _F(0.35) * lean
    radius = numbers[3]
    qx, qy = abs(x) - (wide_here - radius), abs(up) - (high - radius)
    ox, oy = max(qx, _F(0)), max(qy, _F(0))
    distance = np.sqrt(ox * ox + oy * oy) + min(max(qx, qy), _F(0)) - radius
    upper = ramp(up, -_F(0.35) * high, _F(0.45) * high)
    thick = numbers[6] + (numbers[5] - numbers[6]) * upper
    if numbers[6] <= 0:
        thick = numbers[5] * ramp(up, -_F(0.1) * high, _F(0.15) * high)
    cover = _F(0)
    place = (distance - _F(0.5) * thick) / max(_F(0.5) * thick, _F(1e-4))
    if thick > 0:
        cover = _band(distance - _F(0.5) * thick, thick, soft)
    inner = numbers[0] - wide + lean + _F(0.006)
    if abs(across) < inner:
        rod = max(numbers[5] * _F(0.8), _F(0.016))
        bow = numbers[7] + _F(0.05) * (_F(1) - (across / inner) * (across / inner))
        cover = max(cover, _band(up - bow, rod, soft))
        if numbers[8] > 0:
            cover = max(cover, _band(up - numbers[7] - _F(0.14) * high - _F(0.08), rod, soft))
    elif abs(across) > numbers[0] + wide - _F(0.01):
        rod = max(numbers[5] * _F(1.1), _F(0.026))
        cover = max(cover, _band(up - numbers[10], rod, soft))
    out[0], out[1], out[2] = cover, distance, place


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _band(away, thick, soft):
    """Cover of a band of some thickness about 0, fading over `soft`; thin bands pale."""
    half = max(_F(0.5) * thick, _F(0.5) * soft)
    edge = min(max((half - abs(away)) / soft + _F(0.5), _F(0)), _F(1))
    return edge * min(thick / soft, _F(1))


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def shade_front(
    out, face_of, weights, faces, plane, axes, numbers, lights, ambient, noise, pixel
):  # fmt: skip
    """Draw rims and lenses over `out` (height, width, 4: linear RGB times cover, and cover).

    Args:
        out: float32, in and out.
        face_of: from `rasterise`.
        weights: from `rasterise`.
        faces: int32 (face, 3).
        plane: float32 (vertex, 2), as of `Fitted`.
        axes: float32 (3, 3): the head's right, up and forward as columns.
        numbers: of the glasses.
        lights: float32 (light, 7).
        ambient: float32 (6,): from above, from below.
        noise: `noise.fields()`.
        pixel: side of a pixel in model units.
    """
    tall, wide = face_of.shape
    edge = np.zeros(3, np.float32)
    for row in range(tall):
        for column in range(wide):
            face = face_of[row, column]
            if face < 0:
                continue
            a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
            wa, wb = weights[row, column, 0], weights[row, column, 1]
            wc = _F(1) - wa - wb
            across = wa * plane[a, 0] + wb * plane[b, 0] + wc * plane[c, 0]
            up = wa * plane[a, 1] + wb * plane[b, 1] + wc * plane[c, 1]
            outline(across, up, numbers, _F(1.3) * pixel, edge)
            lens = min(max(_F(0.5) - edge[1] / (_F(1.3) * pixel), _F(0)), _F(1))
            if lens > 0:
                # The lens is a piece of a ball of about a decimetre, leaning a little forward.
                local = across - numbers[0] if across > 0 else across + numbers[0]
                lx, ly = local * _F(0.8) + _F(0.35) * across, up * _F(0.8) - _F(0.14)
                nx, ny, nz = normal(
                    axes[0, 0] * lx + axes[0, 1] * ly + axes[0, 2],
                    axes[1, 0] * lx + axes[1, 1] * ly + axes[1, 2],
                    axes[2, 0] * lx + axes[2, 1] * ly + axes[2, 2],
                )
                # What is mirrored to the camera, which looks along -z.
                rx, ry, rz = _F(2) * nz * nx, _F(2) * nz * ny, _F(2) * nz * nz - _F(1)
                graze = _F(1) - nz
                fresnel = _F(0.05) + _F(0.95) * graze * graze * graze
                room = noise[2, int(rx * _F(70)) + 256, int(ry * _F(70)) + 256]
                haze = ambient[0] * (_F(0.6) + _F(0.4) * ry) * max(room + _F(0.4), _F(0))
                keep = _F(1) - lens * numbers[12]
                rim_line = lens * ramp(edge[1], _F(-2.4) * pixel - _F(0.008), _F(0)) * _F(0.22)
                thin = _F(1) if numbers[5] <= 0 or numbers[6] <= 0 else _F(0.5)
                for channel in range(3):
                    mirrored = haze * _F(4.5) * fresnel
                    for index in range(lights.shape[0]):
                        soft = lights[index, 6]
                        size = _F(0.04) + _F(0.18) * soft
                        spot = ramp(abs(rx - lights[index, 0]), size * _F(1.15), size * _F(0.8))
                        spot *= ramp(abs(ry - lights[index, 1]), size * _F(0.7), size * _F(0.45))
                        spot *= ramp(rz, _F(0.0), _F(0.2)) * ramp(lights[index, 2], _F(0), _F(0.1))
                        bright = _F(4.5) + _F(12) * (_F(1) - soft) * (_F(1) - soft)
                        mirrored += lights[index, 3 + channel] * spot * bright * fresnel
                    value = out[row, column, channel] * keep * (_F(1) - rim_line * thin)
                    out[row, column, channel] = value + lens * numbers[13] * mirrored
            cover = edge[0]
            if cover > 0:
                tilt = min(max(edge[2], _F(-1)), _F(1)) * _F(0.7)
                side = _F(1) if across > 0 else _F(-1)
                px = (abs(across) - numbers[0]) * side
                length = np.sqrt(px * px + up * up) + _F(1e-6)
                lx, ly = tilt * px / length, tilt * up / length
                _rim(out, row, column, cover, lx, ly, axes, numbers, lights, ambient)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def _rim(out, row, column, cover, lx, ly, axes, numbers, lights, ambient):
    """Blend one pixel of rim or arm, whose normal in the head's frame is (lx, ly, 1)."""
    nx, ny, nz = normal(
        axes[0, 0] * lx + axes[0, 1] * ly + axes[0, 2],
        axes[1, 0] * lx + axes[1, 1] * ly + axes[1, 2],
        axes[2, 0] * lx + axes[2, 1] * ly + axes[2, 2],
    )
    metal = numbers[11]
    for channel in range(3):
        base = numbers[14 + channel]
        sky = ambient[3 + channel] + (ambient[channel] - ambient[3 + channel]) * (
            _F(0.5) + _F(0.5) * ny
        )
        value = base * sky
        for index in range(lights.shape[0]):
            tx, ty, tz = lights[index, 0], lights[index, 1], lights[index, 2]
            facing = max(nx * tx + ny * ty + nz * tz, _F(0))
            hx, hy, hz = normal(tx, ty, tz + _F(1))
            half = max(nx * hx + ny * hy + nz * hz, _F(0))
            shine = np.exp(_F(26) * (half - _F(1)))
            gloss = (_F(0.12) * (_F(1) - metal) + metal * _F(1.2) * base) * shine
            light = lights[index, 3 + channel]
            value += light * (base * facing * (_F(1) - _F(0.5) * metal) + gloss)
        out[row, column, channel] += (value - out[row, column, channel]) * cover
    out[row, column, 3] += (_F(1) - out[row, column, 3]) * cover


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def shade_arms(
    out, face_of, weights, faces, plane, axes, numbers, lights, ambient, pixel
):  # fmt: skip
    """Draw the arms over `out`; arguments as of `shade_front`."""
    tall, wide = face_of.shape
    for row in range(tall):
        for column in range(wide):
            face = face_of[row, column]
            if face < 0:
                continue
            a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
            wa, wb = weights[row, column, 0], weights[row, column, 1]
            wc = _F(1) - wa - wb
            up = wa * plane[a, 1] + wb * plane[b, 1] + wc * plane[c, 1]
            cover = _band(up, _F(2) * numbers[17], _F(1.3) * pixel)
            if cover > 0:
                tilt = min(max(up / numbers[17], _F(-1)), _F(1))
                _rim(out, row, column, cover, _F(0), _F(0.8) * tilt, axes, numbers, lights, ambient)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def cast(
    out, face_of, weights, faces, position, axes, middle, numbers, lights, box, strength
):  # fmt: skip
    """Darken what the glasses keep the key light and the sky from.

    Args of its own:
        middle: float32 (3,): posed centre of the front.
        box: first row, end row, first column, end column of the pixels to look at.
        strength: share of all light that the key light gives.
    """
    edge = np.zeros(3, np.float32)
    sun = np.zeros(3, np.float32)
    for axis in range(3):
        for along in range(3):
            sun[axis] += axes[along, axis] * lights[0, along]
    soft = _F(0.02) + _F(0.05) * lights[0, 6]
    for row in range(box[0], box[1]):
        for column in range(box[2], box[3]):
            face = face_of[row, column]
            if face < 0:
                continue
            a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
            wa, wb = weights[row, column, 0], weights[row, column, 1]
            wc = _F(1) - wa - wb
            x = wa * position[a, 0] + wb * position[b, 0] + wc * position[c, 0] - middle[0]
            y = wa * position[a, 1] + wb * position[b, 1] + wc * position[c, 1] - middle[1]
            z = wa * position[a, 2] + wb * position[b, 2] + wc * position[c, 2] - middle[2]
            u = axes[0, 0] * x + axes[1, 0] * y + axes[2, 0] * z
            v = axes[0, 1] * x + axes[1, 1] * y + axes[2, 1] * z
            w = axes[0, 2] * x + axes[1, 2] * y + axes[2, 2] * z
            gap = _F(0.14) * v - _F(0.22) * u * u - w
            if gap < _F(-0.02) or gap > _F(0.5):
                continue
            dark = _F(0)
            if sun[2] > _F(0.1):
                step = gap / sun[2]
                hit = u + step * sun[0]
                if abs(hit) < numbers[9]:
                    outline(hit, v + step * sun[1], numbers, soft + _F(0.15) * gap, edge)
                    dark = edge[0] + (_F(0.10) if edge[1] < 0 else _F(0))
            if abs(u) < numbers[9]:
                outline(u, v + gap, numbers, _F(0.05) + _F(0.3) * gap, edge)
                shade = strength * dark + _F(0.22) * edge[0]
                for channel in range(3):
                    out[row, column, channel] *= _F(1) - min(shade, _F(0.9))
