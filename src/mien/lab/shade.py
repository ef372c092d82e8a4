"""Light on surfaces: one pass over the pixels of the z-buffer, in linear light.

Skin has wrapped diffuse light (wider for red: a cheap stand-in for scattering under the skin),
two lobes of gloss, relief, ambient light by openness. Eyes, teeth, tongue and cloth have their
own short recipes. Ours throughout; nothing is meant to be exact.
"""

from typing import no_type_check

import numpy as np
from numba import njit

_F = np.float32


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _ramp(x, low, high):
    t = (x - low) / (high - low)
    t = min(max(t, _F(0)), _F(1))
    return t * t * (_F(3) - _F(2) * t)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def _normal(x, y, z):
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
        x, y, z = _normal(normals[row, 0], normals[row, 1], normals[row, 2])
        normals[row, 0], normals[row, 1], normals[row, 2] = x, y, z


@njit(cache=True, nogil=True, fastmath=True)
@no_type_check
def shadow_of(shadow, frame, px, py, pz, bias):
    """How much of the key light reaches a point, 0-1: 3 x 3 comparisons with its depth map.

    `frame` rows: the light's right, up and toward axes, then (scale, centre, side length).
    """
    right = frame[0, 0] * px + frame[0, 1] * py + frame[0, 2] * pz
    up = frame[1, 0] * px + frame[1, 1] * py + frame[1, 2] * pz
    toward = frame[2, 0] * px + frame[2, 1] * py + frame[2, 2] * pz
    scale, centre, side = frame[3, 0], frame[3, 1], int(frame[3, 2])
    column, row = centre + right * scale, centre - up * scale
    nearness = toward + _F(10)
    c, r = int(column - _F(1)), int(row - _F(1))
    if c < 0 or r < 0 or c >= side - 2 or r >= side - 2:
        return _F(1)
    lit = _F(0)
    for dy in range(3):
        for dx in range(3):
            gap = shadow[r + dy, c + dx] - nearness - bias
            lit += min(max(_F(1) - gap * _F(40), _F(0)), _F(1))
    return lit * _F(1 / 9)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def _texel(colour, height, u, v, out):
    """Bilinear colour and gloss, and the relief's slopes per texel, into out[0:6]."""
    size = height.shape[0]
    u = min(max(u - _F(0.5), _F(0)), _F(size - 2))
    v = min(max(v - _F(0.5), _F(0)), _F(size - 2))
    c, r = int(u), int(v)
    fu, fv = u - c, v - r
    w00, w01 = (1 - fu) * (1 - fv), fu * (1 - fv)
    w10, w11 = (1 - fu) * fv, fu * fv
    for channel in range(4):
        out[channel] = (
            w00 * colour[r, c, channel]
            + w01 * colour[r, c + 1, channel]
            + w10 * colour[r + 1, c, channel]
            + w11 * colour[r + 1, c + 1, channel]
        )
    h00, h01 = height[r, c], height[r, c + 1]
    h10, h11 = height[r + 1, c], height[r + 1, c + 1]
    out[4] = (h01 - h00) * (1 - fv) + (h11 - h10) * fv
    out[5] = (h10 - h00) * (1 - fu) + (h11 - h01) * fu
    out[6] = w00 * h00 + w01 * h01 + w10 * h10 + w11 * h11


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def _iris(q, eye, noise, out):
    """Colour of the eyeball at `q` (from its centre, in the eye's own frame) into out[0:4].

    `eye`: iris rgb, sclera rgb, iris radius, pupil share.
    """
    radius = np.sqrt(q[0] * q[0] + q[1] * q[1])
    edge = eye[6]
    out[3] = _F(0.5)
    vein = _ramp(abs(q[0]), _F(0.08), _F(0.14)) * _F(0.30)
    for channel in range(3):
        out[channel] = eye[3 + channel]
    out[1] *= 1 - vein
    out[2] *= 1 - vein
    if q[2] < 0:
        return
    angle = np.arctan2(q[1], q[0])
    fibre = noise[3, int((angle + _F(3.15)) * _F(80)) % 512, int(radius * _F(300)) % 512]
    inner = radius / edge
    light = (_F(0.75) + _F(0.22) * fibre) * (_F(0.75) + _F(0.5) * _ramp(inner, _F(0.95), _F(0.45)))
    light *= _F(1) - _F(0.65) * _ramp(inner, _F(0.78), _F(1.0))
    cover = 1 - _ramp(inner, _F(0.93), _F(1.08))
    pupil = 1 - _ramp(inner, eye[7] - _F(0.07), eye[7] + _F(0.07))
    for channel in range(3):
        shade = eye[channel] * light * (1 - pupil) + _F(0.004) * pupil
        out[channel] += (shade - out[channel]) * cover


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def _light(albedo, n, point, view, lights, key, wrap, gloss, sharp, shine):
    """Add diffuse light into shine[0:3] (times albedo) and gloss into shine[3:6]."""
    for index in range(lights.shape[0]):
        lx, ly, lz = lights[index, 0], lights[index, 1], lights[index, 2]
        reach = key if index == 0 else _F(1)
        facing = n[0] * lx + n[1] * ly + n[2] * lz
        for channel in range(3):
            w = wrap * wrap_share(channel) + _F(0.25) * lights[index, 6]
            amount = max(facing + w, _F(0)) / (1 + w)
            through = reach + (1 - reach) * _F(0.10) * wrap_share(channel) * wrap
            shine[channel] += albedo[channel] * lights[index, 3 + channel] * amount * through
        if facing > 0 and gloss > 0:
            hx, hy, hz = _normal(lx + view[0], ly + view[1], lz + view[2])
            half = n[0] * hx + n[1] * hy + n[2] * hz
            graze = 1 - max(hx * view[0] + hy * view[1] + hz * view[2], _F(0))
            fresnel = _F(0.4) + _F(0.6) * graze * graze * graze
            soft = lights[index, 6]
            power = sharp * (1 - _F(0.55) * soft)
            # exp(p (h - 1)) stands for Blinn's h^p: the same near the peak, and cheaper.
            fall = power * (half - 1)
            peak = np.exp(fall) * power * _F(0.02) + np.exp(fall * _F(0.25)) * _F(0.05)
            spec = gloss * peak * fresnel * reach * min(facing * 4, _F(1))
            for channel in range(3):
                shine[3 + channel] += spec * lights[index, 3 + channel]


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def redder(channel):
    """How much more of a colour than its share leaves a fold."""
    return _F(0.30) if channel == 0 else _F(-0.04)


@njit(cache=True, nogil=True, inline="always")
@no_type_check
def wrap_share(channel):
    """How much wider than the others a colour's light wraps around the terminator."""
    return _F(1.0) if channel == 0 else (_F(0.45) if channel == 1 else _F(0.30))


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def shade(
    out, face_of, weights, closeness, faces, group, position, normals, uv, openness, local, inside,
    cloth, colour, height, noise, lights, ambient, eye, camera, head_up, shadow, frame, cloth_rgb,
):  # fmt: skip
    """Fill `out` (height, width, 4: linear RGB and cover) from the z-buffer.

    Args:
        out: float32, zeroed.
        face_of: from `rasterise`.
        weights: from `rasterise`.
        closeness: float32 (height, width): 1 in the open, less in crevices of the picture.
        faces: int32 (face, 3).
        group: uint8 (face,), codes of `head`.
        position: posed vertices; x right, y up, z to the camera.
        normals: theirs.
        uv: texels of the skin maps.
        openness: share of the sky each vertex sees; of teeth, 1 at the back and 0 in front.
        local: of eye vertices, position about the eye's centre in the eye's own frame; of
            teeth, resting position.
        inside: 1 for the walls of the mouth, and for the gums.
        cloth: 1 where clothing covers the body.
        colour: skin colour and gloss.
        height: relief in texels.
        noise: `noise.fields()`.
        lights: (light, 7): direction, colour x intensity, softness.
        ambient: (6,): colour from above, colour from below.
        eye: see `_iris`.
        camera: distance of the camera from the origin along z.
        head_up: the head's up axis.
        shadow: the key light's depth map.
        frame: its frame, see `shadow_of`.
        cloth_rgb: colour of the clothing.
    """
    tall, wide = face_of.shape
    texel = np.zeros(8, np.float32)
    n = np.zeros(3, np.float32)
    q = np.zeros(3, np.float32)
    point = np.zeros(3, np.float32)
    view = np.zeros(3, np.float32)
    shine = np.zeros(6, np.float32)
    for row in range(tall):
        for column in range(wide):
            face = face_of[row, column]
            if face < 0:
                continue
            a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
            wa, wb = weights[row, column, 0], weights[row, column, 1]
            wc = 1 - wa - wb
            for axis in range(3):
                n[axis] = wa * normals[a, axis] + wb * normals[b, axis] + wc * normals[c, axis]
                point[axis] = (
                    wa * position[a, axis] + wb * position[b, axis] + wc * position[c, axis]
                )
            n[0], n[1], n[2] = _normal(n[0], n[1], n[2])
            view[0], view[1], view[2] = _normal(-point[0], -point[1], camera - point[2])
            if n[0] * view[0] + n[1] * view[1] + n[2] * view[2] < 0:
                n[0], n[1], n[2] = n[0] * _F(0.5), n[1] * _F(0.5), abs(n[2]) + _F(0.1)
                n[0], n[1], n[2] = _normal(n[0], n[1], n[2])
            open_sky = wa * openness[a] + wb * openness[b] + wc * openness[c]
            crevice = closeness[row, column]
            kind = group[face]
            shine[:] = 0
            wrap, gloss, sharp, floor = _F(0.0), _F(0.0), _F(20), _F(0.0)
            reach = _F(1)
            if kind == 0:
                covered = wa * cloth[a] + wb * cloth[b] + wc * cloth[c]
                mouth = wa * inside[a] + wb * inside[b] + wc * inside[c]
                u = wa * uv[a, 0] + wb * uv[b, 0] + wc * uv[c, 0]
                v = wa * uv[a, 1] + wb * uv[b, 1] + wc * uv[c, 1]
                _texel(colour, height, u, v, texel)
                wrap, gloss, sharp = _F(0.42), texel[3] * _F(0.55), _F(18)
                groove = min(max(_F(1) + texel[6] * _F(0.22), _F(0.45)), _F(1.15))
                if covered > 0.5:
                    texel[0], texel[1], texel[2] = cloth_rgb[0], cloth_rgb[1], cloth_rgb[2]
                    gloss, wrap = _F(0), _F(0.1)
                elif mouth > 0.4:
                    texel[0], texel[1], texel[2] = _F(0.10), _F(0.018), _F(0.016)
                    gloss, crevice = _F(0.05), crevice * crevice
                    open_sky = max(open_sky, _F(0.12))
                    reach = _F(0.35)
                else:
                    crevice *= groove
                    # Relief: tilt the normal by the slopes along the skin's own right and up.
                    up = n[0] * head_up[0] + n[1] * head_up[1] + n[2] * head_up[2]
                    tx, ty, tz = _normal(
                        head_up[0] - n[0] * up, head_up[1] - n[1] * up, head_up[2] - n[2] * up
                    )
                    rx, ry, rz = ty * n[2] - tz * n[1], tz * n[0] - tx * n[2], tx * n[1] - ty * n[0]
                    across, down = texel[4] * _F(0.75), texel[5] * _F(0.75)
                    n[0] += tx * down - rx * across
                    n[1] += ty * down - ry * across
                    n[2] += tz * down - rz * across
                    n[0], n[1], n[2] = _normal(n[0], n[1], n[2])
            elif kind == 1 or kind == 2:
                for axis in range(3):
                    q[axis] = wa * local[a, axis] + wb * local[b, axis] + wc * local[c, axis]
                _iris(q, eye, noise, texel)
                gloss, sharp, wrap = _F(0.9), _F(220), _F(0.35)
                open_sky = _F(0.75)
                lid = _ramp(q[1], _F(-0.01), _F(0.075))
                crevice = (_F(0.35) + _F(0.65) * crevice) * (1 - _F(0.55) * lid)
                reach = _F(1) - _F(0.35) * lid
            elif kind == 4 or kind == 5:
                gum = wa * inside[a] + wb * inside[b] + wc * inside[c]
                deep = wa * openness[a] + wb * openness[b] + wc * openness[c]
                across = wa * local[a, 0] + wb * local[b, 0] + wc * local[c, 0]
                # One tooth is about 0.075 wide in front; the gaps are dark.
                gap = abs(across / _F(0.075) - np.floor(across / _F(0.075)) - _F(0.5))
                white = _F(0.86) * (1 - _F(0.40) * _ramp(gap, _F(0.40), _F(0.5)))
                texel[0] = white + (_F(0.30) - white) * gum
                texel[1] = white * _F(0.90) + (_F(0.09) - white * _F(0.90)) * gum
                texel[2] = white * _F(0.75) + (_F(0.08) - white * _F(0.75)) * gum
                gloss, sharp, wrap = _F(0.25), _F(60), _F(0.2)
                open_sky = _F(0.8) * (1 - deep) + _F(0.02)
                crevice = _F(0.30) + _F(0.70) * crevice
                reach = _F(0.85) * (1 - deep)
            elif kind == 6:
                texel[0], texel[1], texel[2] = _F(0.36), _F(0.10), _F(0.09)
                gloss, sharp, wrap = _F(0.2), _F(30), _F(0.3)
                open_sky = _F(0.4)
                crevice = crevice * crevice
                reach = _F(0.25)
            if reach > 0:
                facing = n[0] * lights[0, 0] + n[1] * lights[0, 1] + n[2] * lights[0, 2]
                lit = _F(1)
                if facing > -0.02:
                    slope = np.sqrt(max(_F(0), 1 - facing * facing)) / max(facing, _F(0.2))
                    bias = _F(0.02) + _F(0.035) * slope
                    lit = shadow_of(shadow, frame, point[0], point[1], point[2], bias)
                # A depth map cannot judge surfaces seen edge on; their light is dim anyway.
                reach *= 1 - (1 - lit) * _ramp(facing, _F(-0.02), _F(0.38))
            _light(texel, n, point, view, lights, reach, wrap, gloss, sharp, shine)
            sky = _F(0.5) + _F(0.5) * n[1]
            occlusion = max(open_sky * crevice, _F(0))
            direct = _F(0.35) + _F(0.65) * min(_F(1), open_sky * _F(1.6))
            direct *= _F(0.45) + _F(0.55) * crevice
            for channel in range(3):
                around = ambient[3 + channel] + (ambient[channel] - ambient[3 + channel]) * sky
                # Light that bounces inside a fold of skin comes out redder.
                bounce = occlusion * (_F(1) + redder(channel) * (1 - min(occlusion, _F(1))))
                value = shine[channel] * direct + texel[channel] * around * bounce
                value += shine[3 + channel] * crevice * min(_F(1), open_sky * _F(1.5))
                out[row, column, channel] = max(value, floor)
            if kind == 1 or kind == 2:
                glint = _F(0.05) * max(_F(0), n[1] * _F(0.6) + n[2] * _F(0.4)) * crevice
                for channel in range(3):
                    out[row, column, channel] += glint * ambient[channel]
            out[row, column, 3] = _F(1)
