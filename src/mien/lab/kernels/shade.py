# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0915, PLR0917, PLR1714
# (numba compiles these: types and shapes stand in the docstrings, arrays come one by one)
"""Light on surfaces: one pass over the pixels of the z-buffer, in linear light.

Skin has wrapped diffuse light (wider for red: a cheap stand-in for scattering under the skin),
two lobes of gloss, relief, ambient light by openness. Eyes, teeth, tongue and cloth have their
own short recipes. Ours throughout; nothing is meant to be exact. The kernel is one long function on
purpose: cut into parts by material it took twice as long.
"""

from typing import no_type_check

import numpy as np
from numba import njit

from mien.lab.kernels.light import add_light, alike, iris, normal, ramp, redder, shadow_of, texel_at

_F = np.float32


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def shade(
    out, face_of, weights, closeness, faces, group, position, normals, uv, openness, local, inside,
    cloth, colour, relief, noise, lights, ambient, eye, camera, head_up, shadow, frame, cloth_rgb,
    nearness, texels, pooled,
):  # fmt: skip
    """Fill `out` (height, width, 4: linear RGB and cover) from the z-buffer.

    With `pooled`, two by two pixels of one stretch of skin are shaded together, at their middle:
    they become one pixel of the picture anyway. Edges, eyes and mouths are done pixel by pixel.

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
        relief: height in texels and darkness of folds.
        noise: `noise.fields()`.
        lights: (light, 7): direction, colour x intensity, softness.
        ambient: (6,): colour from above, colour from below.
        eye: see `light.iris`.
        camera: distance of the camera from the origin along z.
        head_up: the head's up axis.
        shadow: the key light's depth map.
        frame: its frame, see `light.shadow_of`.
        cloth_rgb: colour of the clothing.
        nearness: from `rasterise`.
        texels: of `uv` to one of `colour` and `relief`.
        pooled: shade skin two by two pixels at a time.
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
            if face < 0 or out[row, column, 3] > 0:
                continue
            a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
            wa, wb = weights[row, column, 0], weights[row, column, 1]
            wc = _F(1) - wa - wb
            for axis in range(3):
                n[axis] = wa * normals[a, axis] + wb * normals[b, axis] + wc * normals[c, axis]
                point[axis] = (
                    wa * position[a, axis] + wb * position[b, axis] + wc * position[c, axis]
                )
            block = (
                pooled
                and row % 2 == 0
                and column % 2 == 0
                and row + 1 < tall
                and column + 1 < wide
                and group[face] == 0
                and alike(face_of, faces, inside, group, nearness, row, column)
            )
            if block:
                # The opposite pixel of the block: with this one, the mean is the block's middle.
                face = face_of[row + 1, column + 1]
                d, e, f = faces[face, 0], faces[face, 1], faces[face, 2]
                wd, we = weights[row + 1, column + 1, 0], weights[row + 1, column + 1, 1]
                wf = _F(1) - wd - we
                for axis in range(3):
                    n[axis] += wd * normals[d, axis] + we * normals[e, axis] + wf * normals[f, axis]
                    there = wd * position[d, axis] + we * position[e, axis] + wf * position[f, axis]
                    point[axis] = _F(0.5) * (point[axis] + there)
            n[0], n[1], n[2] = normal(n[0], n[1], n[2])
            view[0], view[1], view[2] = normal(-point[0], -point[1], camera - point[2])
            if n[0] * view[0] + n[1] * view[1] + n[2] * view[2] < 0:
                n[0], n[1], n[2] = n[0] * _F(0.5), n[1] * _F(0.5), abs(n[2]) + _F(0.1)
                n[0], n[1], n[2] = normal(n[0], n[1], n[2])
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
                if block:
                    u += wd * uv[d, 0] + we * uv[e, 0] + wf * uv[f, 0]
                    v += wd * uv[d, 1] + we * uv[e, 1] + wf * uv[f, 1]
                    u, v = _F(0.5) * u, _F(0.5) * v
                texel_at(colour, relief, u / texels, v / texels, texel)
                wrap, gloss, sharp = _F(0.34), texel[3] * _F(0.55), _F(18)
                groove = _F(1) - _F(0.62) * min(max(texel[6], _F(0)), _F(1))
                if covered > 0.5:
                    texel[0], texel[1], texel[2] = cloth_rgb[0], cloth_rgb[1], cloth_rgb[2]
                    gloss, wrap = _F(0), _F(0.1)
                elif mouth > 0.4:
                    texel[0], texel[1], texel[2] = _F(0.055), _F(0.012), _F(0.011)
                    gloss, crevice = _F(0.05), crevice * crevice
                    open_sky = max(open_sky, _F(0.12))
                    reach = _F(0.35)
                else:
                    crevice *= groove
                    # Relief: tilt the normal by the slopes along the skin's own right and up.
                    up = n[0] * head_up[0] + n[1] * head_up[1] + n[2] * head_up[2]
                    tx, ty, tz = normal(
                        head_up[0] - n[0] * up, head_up[1] - n[1] * up, head_up[2] - n[2] * up
                    )
                    rx, ry, rz = ty * n[2] - tz * n[1], tz * n[0] - tx * n[2], tx * n[1] - ty * n[0]
                    across, down = texel[4] * _F(0.75) / texels, texel[5] * _F(0.75) / texels
                    n[0] += tx * down - rx * across
                    n[1] += ty * down - ry * across
                    n[2] += tz * down - rz * across
                    n[0], n[1], n[2] = normal(n[0], n[1], n[2])
            elif kind == 1 or kind == 2:
                for axis in range(3):
                    q[axis] = wa * local[a, axis] + wb * local[b, axis] + wc * local[c, axis]
                iris(q, eye, noise, texel)
                # What little of an eyeball a shut lid leaves uncovered is its wet inner corner.
                shut = ramp(eye[7 + kind], _F(0.7), _F(0.95))
                for channel in range(3):
                    texel[channel] += (eye[10 + channel] - texel[channel]) * shut
                gloss, sharp, wrap = _F(0.9) * (_F(1) - shut), _F(480), _F(0.35)
                open_sky = _F(0.60)
                lid = ramp(q[1], _F(-0.02), _F(0.07))
                crevice = (_F(0.30) + _F(0.70) * crevice) * (_F(1) - _F(0.60) * lid)
                reach = _F(1) - _F(0.40) * lid
            elif kind == 4 or kind == 5:
                gum = wa * inside[a] + wb * inside[b] + wc * inside[c]
                deep = wa * openness[a] + wb * openness[b] + wc * openness[c]
                across = wa * local[a, 0] + wb * local[b, 0] + wc * local[c, 0]
                # One tooth is about 0.075 wide in front; the gaps are dark.
                gap = abs(across / _F(0.075) - np.floor(across / _F(0.075)) - _F(0.5))
                white = _F(0.86) * (_F(1) - _F(0.30) * ramp(gap, _F(0.42), _F(0.5)))
                # Cheeks and lips shade the sides of the row, of the lower teeth more of it.
                aside = abs(across) + (_F(0.06) if kind == 5 else _F(0))
                white *= _F(1) - _F(0.88) * ramp(aside, _F(0.15), _F(0.24))
                texel[0] = white + (_F(0.30) - white) * gum
                texel[1] = white * _F(0.90) + (_F(0.09) - white * _F(0.90)) * gum
                texel[2] = white * _F(0.75) + (_F(0.08) - white * _F(0.75)) * gum
                gloss, sharp, wrap = _F(0.30), _F(60), _F(0.45)
                open_sky = _F(1.0) * (_F(1) - deep) + _F(0.03)
                crevice = _F(0.70) + _F(0.30) * crevice
                reach = _F(0.95) * (_F(1) - deep)
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
                    if kind == 4 or kind == 5:
                        # Lips are thin and let light through; teeth scatter it among themselves.
                        lit = _F(0.65) + _F(0.35) * lit
                # A depth map cannot judge surfaces seen edge on; their light is dim anyway.
                reach *= 1 - (_F(1) - lit) * ramp(facing, _F(-0.02), _F(0.38))
            add_light(texel, n, view, lights, reach, wrap, gloss, sharp, shine)
            sky = _F(0.5) + _F(0.5) * n[1]
            occlusion = max(open_sky * crevice, _F(0))
            direct = _F(0.25) + _F(0.75) * min(_F(1), open_sky * _F(1.15))
            direct *= _F(0.30) + _F(0.70) * crevice
            for channel in range(3):
                around = ambient[3 + channel] + (ambient[channel] - ambient[3 + channel]) * sky
                # Light that bounces inside a fold of skin comes out redder.
                bounce = occlusion * (_F(1) + redder(channel) * (_F(1) - min(occlusion, _F(1))))
                value = shine[channel] * direct + texel[channel] * around * bounce
                value += shine[3 + channel] * crevice * min(_F(1), open_sky * _F(1.5))
                out[row, column, channel] = max(value, floor)
            if kind == 1 or kind == 2:
                glint = _F(0.05) * max(_F(0), n[1] * _F(0.6) + n[2] * _F(0.4)) * crevice
                for channel in range(3):
                    out[row, column, channel] += glint * ambient[channel]
            out[row, column, 3] = _F(1)
            if block:
                for channel in range(4):
                    value = out[row, column, channel]
                    out[row, column + 1, channel] = value
                    out[row + 1, column, channel] = value
                    out[row + 1, column + 1, channel] = value
