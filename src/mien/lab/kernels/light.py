# ruff: noqa: ANN001, ANN201, ANN202, PLR0917
# (numba compiles these: types and shapes stand in the docstrings, arrays come one by one)
"""What a beam of light does at one point: shadow, diffuse light, gloss, skin texels, the iris."""

from typing import no_type_check

import numpy as np
from numba import njit

_F = np.float32


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def ramp(x, low, high):
    """0 below `low`, 1 above `high`, smooth between (either order)."""
    t = (x - low) / (high - low)
    t = min(max(t, _F(0)), _F(1))
    return t * t * (_F(3) - _F(2) * t)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def normal(x, y, z):
    """A vector made one long."""
    length = np.sqrt(x * x + y * y + z * z) + _F(1e-9)
    return x / length, y / length, z / length


@njit(cache=True, nogil=True)
@no_type_check
def smooth_normals(position, faces, count, normals):
    """Area-weighted vertex normals of the first `count` faces, written into `normals`."""
    normals[:] = 0
    for face in range(count):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        ux, uy, uz = (
            position[b, 0] - position[a, 0],
            position[b, 1] - position[a, 1],
            position[b, 2] - position[a, 2],
        )
        vx, vy, vz = (
            position[c, 0] - position[a, 0],
            position[c, 1] - position[a, 1],
            position[c, 2] - position[a, 2],
        )
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in range(3):
            row = faces[face, corner]
            normals[row, 0] += nx
            normals[row, 1] += ny
            normals[row, 2] += nz
    for row in range(normals.shape[0]):
        x, y, z = normal(normals[row, 0], normals[row, 1], normals[row, 2])
        normals[row, 0], normals[row, 1], normals[row, 2] = x, y, z


@njit(cache=True, nogil=True, fastmath=True)
@no_type_check
def shadow_of(shadow, frame, px, py, pz, bias):
    """How much of the key light reaches a point, 0-1, over 2 x 2 texels of its depth map.

    `frame` rows: the light's right, up and toward axes, then (scale, centre, side length).
    """
    right = frame[0, 0] * px + frame[0, 1] * py + frame[0, 2] * pz
    up = frame[1, 0] * px + frame[1, 1] * py + frame[1, 2] * pz
    toward = frame[2, 0] * px + frame[2, 1] * py + frame[2, 2] * pz
    scale, centre, side = frame[3, 0], frame[3, 1], int(frame[3, 2])
    column, row = centre + right * scale, centre - up * scale
    nearness = toward + _F(10)
    c, r = int(column - _F(1)), int(row - _F(1))
    fx, fy = column - _F(1) - c, row - _F(1) - r
    if c < 0 or r < 0 or c >= side - 2 or r >= side - 2:
        return _F(1)
    lit = _F(0)
    for dy in range(3):
        high = _F(1) - fy if dy == 0 else (_F(1) if dy == 1 else fy)
        for dx in range(3):
            wide = _F(1) - fx if dx == 0 else (_F(1) if dx == 1 else fx)
            gap = shadow[r + dy, c + dx] - nearness - bias
            lit += high * wide * min(max(_F(1) - gap * _F(40), _F(0)), _F(1))
    return lit * _F(0.25)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def alike(face_of, faces, inside, group, nearness, row, column):
    """Whether two by two pixels all see outer skin, and at about the same distance."""
    first = nearness[row, column]
    for down in range(2):
        for right in range(2):
            face = face_of[row + down, column + right]
            if face < 0 or group[face] != 0:
                return False
            a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
            if inside[a] + inside[b] + inside[c] > 0:
                return False
            if abs(nearness[row + down, column + right] - first) > _F(0.004) * first:
                return False
    return True


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def texel_at(colour, relief, u, v, out):
    """Bilinear colour and gloss, the height's slopes per texel, darkness, into out[0:7]."""
    size = relief.shape[0]
    u = min(max(u - _F(0.5), _F(0)), _F(size - 2))
    v = min(max(v - _F(0.5), _F(0)), _F(size - 2))
    c, r = int(u), int(v)
    fu, fv = u - c, v - r
    w00, w01 = (_F(1) - fu) * (_F(1) - fv), fu * (_F(1) - fv)
    w10, w11 = (_F(1) - fu) * fv, fu * fv
    for channel in range(4):
        out[channel] = (
            w00 * colour[r, c, channel]
            + w01 * colour[r, c + 1, channel]
            + w10 * colour[r + 1, c, channel]
            + w11 * colour[r + 1, c + 1, channel]
        )
    h00, h01 = relief[r, c, 0], relief[r, c + 1, 0]
    h10, h11 = relief[r + 1, c, 0], relief[r + 1, c + 1, 0]
    out[4] = (h01 - h00) * (_F(1) - fv) + (h11 - h10) * fv
    out[5] = (h10 - h00) * (_F(1) - fu) + (h11 - h01) * fu
    out[6] = (
        w00 * relief[r, c, 1]
        + w01 * relief[r, c + 1, 1]
        + w10 * relief[r + 1, c, 1]
        + w11 * relief[r + 1, c + 1, 1]
    )


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def iris(q, eye, noise, out):
    """Colour of the eyeball at `q` (from its centre, in the eye's own frame) into out[0:4].

    `eye`: iris rgb, sclera rgb, iris radius, pupil share; then (for `shade.shade`) how far the
    left and the right lid are shut, and what shows in the corner of a shut eye.
    """
    radius = np.sqrt(q[0] * q[0] + q[1] * q[1])
    edge = eye[6]
    out[3] = _F(0.5)
    vein = ramp(abs(q[0]), _F(0.08), _F(0.14)) * _F(0.30)
    for channel in range(3):
        out[channel] = eye[3 + channel]
    out[1] *= _F(1) - vein
    out[2] *= _F(1) - vein
    if q[2] < 0:
        return
    angle = np.arctan2(q[1], q[0])
    fibre = noise[3, int((angle + _F(3.15)) * _F(80)) % 512, int(radius * _F(300)) % 512]
    inner = radius / edge
    light = (_F(0.75) + _F(0.22) * fibre) * (_F(0.75) + _F(0.5) * ramp(inner, _F(0.95), _F(0.45)))
    light *= _F(1) - _F(0.65) * ramp(inner, _F(0.78), _F(1.0))
    cover = _F(1) - ramp(inner, _F(0.93), _F(1.08))
    pupil = _F(1) - ramp(inner, eye[7] - _F(0.07), eye[7] + _F(0.07))
    for channel in range(3):
        shade = eye[channel] * light * (_F(1) - pupil) + _F(0.004) * pupil
        out[channel] += (shade - out[channel]) * cover


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def add_light(albedo, n, view, lights, key, wrap, gloss, sharp, shine):
    """Add diffuse light into shine[0:3] (times albedo) and gloss into shine[3:6]."""
    for index in range(lights.shape[0]):
        lx, ly, lz = lights[index, 0], lights[index, 1], lights[index, 2]
        reach = key if index == 0 else _F(1)
        facing = n[0] * lx + n[1] * ly + n[2] * lz
        for channel in range(3):
            w = wrap * _wrap_share(channel) + _F(0.25) * lights[index, 6]
            amount = max(facing + w, _F(0)) / (_F(1) + w)
            through = reach + (_F(1) - reach) * _F(0.10) * _wrap_share(channel) * wrap
            shine[channel] += albedo[channel] * lights[index, 3 + channel] * amount * through
        if facing > 0 and gloss > 0:
            hx, hy, hz = normal(lx + view[0], ly + view[1], lz + view[2])
            half = n[0] * hx + n[1] * hy + n[2] * hz
            graze = _F(1) - max(hx * view[0] + hy * view[1] + hz * view[2], _F(0))
            fresnel = _F(0.4) + _F(0.6) * graze * graze * graze
            soft = lights[index, 6]
            power = sharp * (_F(1) - _F(0.55) * soft)
            # exp(p (h - 1)) stands for Blinn's h^p: the same near the peak, and cheaper.
            fall = power * (half - _F(1))
            peak = np.exp(fall) * power * _F(0.02) + np.exp(fall * _F(0.25)) * _F(0.05)
            spec = gloss * peak * fresnel * reach * min(facing * _F(4), _F(1))
            for channel in range(3):
                shine[3 + channel] += spec * lights[index, 3 + channel]


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def redder(channel):
    """How much more of a colour than its share leaves a fold."""
    return _F(0.18) if channel == 0 else _F(-0.04)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _wrap_share(channel):
    """How much wider than the others a colour's light wraps around the terminator."""
    return _F(1.0) if channel == 0 else (_F(0.45) if channel == 1 else _F(0.30))
