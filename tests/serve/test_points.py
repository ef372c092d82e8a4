"""Landmarks in a file: what comes back is what was seen, a tenth of a pixel exact."""

import numpy as np
import pytest

from mien.faces.pose import Pose
from mien.predict.reading import FaceReading, FrameReading, Quality
from mien.serve.points import read, write


def face(points):
    return FaceReading(
        face=0, status="ok", box=np.zeros(4, np.float32), score=1.0, presence=1.0,
        landmarks=points, pose=Pose(yaw=0.0, pitch=0.0, roll=0.0),
        quality=Quality(size=90.0, blur=0.3, frontal=1.0), units=(12,), au=np.zeros(1, np.float32),
    )  # fmt: skip


def frame(*points, width=1280, height=720):
    return FrameReading(
        frame=0, time=0.0, status="ok" if points else "no face", faces=tuple(map(face, points)),
        width=width, height=height,
    )  # fmt: skip


@pytest.fixture
def written(tmp_path, generator):
    first, second, third = generator.uniform(-40, 1300, (3, 478, 3)).astype(np.float32)
    path = tmp_path / "points"
    with path.open("wb") as file:
        write(frame(first, second), file=file)
        write(frame(width=None, height=None), file=file)  # damaged, or without a face
        write(frame(third), file=file)
    return path, (first, second, None, third)


@pytest.mark.parametrize("first", [0, 1, 3, 4, 9])
@pytest.mark.parametrize("count", [1, 2, 50])
def test_a_stretch_is_that_part_of_all_rows(written, first, count):
    path, all_rows = written
    found = read(path, first=first, count=count)
    expected = all_rows[first : first + count]
    assert len(found) == len(expected)
    for row, points in zip(found, expected, strict=True):
        if points is None:
            assert row is None
        else:
            np.testing.assert_allclose(row, points[:, :2], atol=0.08)


def test_points_far_outside_stay_at_the_edge_of_what_can_be_kept(tmp_path):
    with (tmp_path / "points").open("wb") as file:
        write(frame(np.full((478, 3), 1e6, np.float32), width=300, height=100), file=file)
    (((x, y), *_),) = read(tmp_path / "points", first=0, count=1)
    assert x == y == pytest.approx(327.7, abs=0.1)
