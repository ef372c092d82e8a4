# ruff: noqa: ANN001, ANN201, PLR0917
# (numba compiles these: types and shapes stand in the docstrings, arrays come one by one)
"""A z-buffer: which triangle each pixel sees, and where in it."""

from typing import no_type_check

import numpy as np
from numba import njit

NOTHING = -1
"""Code of a pixel that sees no triangle."""


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def rasterise(screen, faces, kept, nearness, face_of, weights):
    """Fill the buffers with the nearest triangle of each pixel.

    Args:
        screen: float32 (vertex, 3): x and y in pixels (centres at integer + 0.5), and nearness
            (1 / distance from the camera), which is linear on the screen.
        faces: int32 (face, 3).
        kept: uint8 (face,): 0 leaves a face out, 1 draws it seen from the front (clockwise on a
            screen whose y points down is the back), 2 from both sides.
        nearness: float32 (height, width), in and out; start with zeros.
        face_of: int32 (height, width), in and out; start with `NOTHING`.
        weights: float32 (height, width, 2), out: perspective-correct weights of the first two
            corners.
    """
    height, width = nearness.shape
    for face in range(faces.shape[0]):
        if kept[face] == 0:
            continue
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        ax, ay, aw = screen[a, 0], screen[a, 1], screen[a, 2]
        bx, by, bw = screen[b, 0], screen[b, 1], screen[b, 2]
        cx, cy, cw = screen[c, 0], screen[c, 1], screen[c, 2]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if area == 0 or (area > 0 and kept[face] == 1):
            continue
        left = max(0, int(np.ceil(min(ax, bx, cx) - 0.5)))
        right = min(width - 1, int(np.floor(max(ax, bx, cx) - 0.5)))
        top = max(0, int(np.ceil(min(ay, by, cy) - 0.5)))
        bottom = min(height - 1, int(np.floor(max(ay, by, cy) - 0.5)))
        if left > right or top > bottom:
            continue
        inverse = np.float32(1) / area
        step_a, step_b = (by - cy) * inverse, (cy - ay) * inverse
        for row in range(top, bottom + 1):
            y = np.float32(row + 0.5)
            x = np.float32(left + 0.5)
            wa = ((bx - x) * (cy - y) - (cx - x) * (by - y)) * inverse
            wb = ((cx - x) * (ay - y) - (ax - x) * (cy - y)) * inverse
            for column in range(left, right + 1):
                step = np.float32(column - left)
                pa, pb = wa + step * step_a, wb + step * step_b
                pc = np.float32(1) - pa - pb
                if pa < 0 or pb < 0 or pc < 0:
                    continue
                near = pa * aw + pb * bw + pc * cw
                if near > nearness[row, column]:
                    nearness[row, column] = near
                    face_of[row, column] = face
                    weights[row, column, 0] = pa * aw / near
                    weights[row, column, 1] = pb * bw / near
