"""The z-buffer against one that asks every pixel about every triangle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.lab.kernels.raster import NOTHING, rasterise


def slow(screen, faces, kept, height, width):
    nearness = np.zeros((height, width))
    face_of = np.full((height, width), NOTHING)
    weights = np.zeros((height, width, 2))
    for index, face in enumerate(faces):
        (ax, ay, aw), (bx, by, bw), (cx, cy, cw) = screen[face].astype(np.float64)
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if not kept[index] or area == 0 or (area > 0 and kept[index] == 1):
            continue
        for row in range(height):
            for column in range(width):
                x, y = column + 0.5, row + 0.5
                a = ((bx - x) * (cy - y) - (cx - x) * (by - y)) / area
                b = ((cx - x) * (ay - y) - (ax - x) * (cy - y)) / area
                near = a * aw + b * bw + (1 - a - b) * cw
                if min(a, b, 1 - a - b) >= 0 and near > nearness[row, column]:
                    nearness[row, column] = near
                    face_of[row, column] = index
                    weights[row, column] = (a * aw / near, b * bw / near)
    return nearness, face_of, weights


def fast(screen, faces, kept, height, width):
    nearness = np.zeros((height, width), np.float32)
    face_of = np.full((height, width), NOTHING, np.int32)
    weights = np.zeros((height, width, 2), np.float32)
    rasterise(screen, faces, kept, nearness, face_of, weights)
    return nearness, face_of, weights


@pytest.mark.parametrize("size", [(16, 16), (13, 21)])
def test_equals_the_slow_one(size, generator):
    height, width = size
    screen = generator.uniform(-4, 26, (30, 3)).astype(np.float32)
    screen[:, 2] = generator.uniform(0.5, 2.0, 30)
    faces = generator.integers(0, 30, (25, 3)).astype(np.int32)
    kept = generator.integers(0, 3, 25).astype(np.uint8)
    nearness, face_of, weights = fast(screen, faces, kept, height, width)
    expected = slow(screen, faces, kept, height, width)
    same = face_of == expected[1]
    assert same.mean() > 0.99  # single precision may decide an edge otherwise
    np.testing.assert_allclose(nearness[same], expected[0][same], rtol=1e-4)
    np.testing.assert_allclose(weights[same], expected[2][same], atol=2e-3)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31 - 1))
def test_order_of_faces_does_not_matter(seed):
    generator = np.random.default_rng(seed)
    screen = generator.uniform(0, 12, (12, 3)).astype(np.float32)
    screen[:, 2] = generator.uniform(0.5, 2.0, 12)
    faces = generator.integers(0, 12, (8, 3)).astype(np.int32)
    kept = np.full(8, 2, np.uint8)
    order = generator.permutation(8)
    first = fast(screen, faces, kept, 12, 12)
    second = fast(screen, faces[order], kept, 12, 12)
    np.testing.assert_allclose(first[0], second[0], rtol=1e-5)


def test_a_face_off_the_picture_or_flat_draws_nothing():
    screen = np.array([[-9, -9, 1], [-5, -9, 1], [-9, -5, 1], [2, 2, 1]], np.float32)
    faces = np.array([[0, 1, 2], [3, 3, 3]], np.int32)
    nearness, face_of, _ = fast(screen, faces, np.full(2, 2, np.uint8), 8, 8)
    assert (face_of == NOTHING).all()
    assert nearness.max() == 0


def test_shared_edges_leave_no_gap():
    screen = np.array([[1, 1, 1], [9, 1.5, 1], [8.5, 9, 1], [0.5, 8, 1]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    _, face_of, _ = fast(screen, faces, np.full(2, 2, np.uint8), 10, 10)
    assert (face_of[3:7, 3:7] != NOTHING).all()
