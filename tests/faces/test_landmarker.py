import zipfile

import cv2
import numpy as np
import pytest

from mien.errors import MienError
from mien.faces import networks
from mien.faces.blendshapes import NAMES
from mien.faces.groups import MIRROR_478
from mien.faces.landmarker import Face, Landmarker, distinct
from mien.faces.pose import pose

RUNNERS = ["opencv", "litert", "onnxruntime"]
GOLDEN = {
    33: (195.55, 100.49),
    133: (213.94, 103.68),
    362: (237.00, 104.83),
    263: (255.95, 103.59),
    4: (223.65, 127.19),
    61: (202.64, 139.34),
    291: (244.99, 140.79),
    152: (221.26, 178.57),
    468: (203.70, 101.17),
    473: (246.77, 103.39),
}
"""Astronaut, image px; on a photo the house's path was 0.2 px (mean) off MediaPipe's own."""


@pytest.fixture(scope="module", params=RUNNERS)
def landmarker(request, assets_cache):
    return Landmarker(runner=request.param, cache=assets_cache)


def test_golden_photo(landmarker, photo):
    (face,) = landmarker.detect(photo)
    assert face.presence > 0.999
    assert face.score > 0.9
    for index, expected in GOLDEN.items():
        np.testing.assert_allclose(face.landmarks[index, :2], expected, atol=0.15)
    np.testing.assert_allclose(face.box, [180.0, 69.8, 271.5, 178.6], atol=0.3)
    turn = pose(face.landmarks)
    np.testing.assert_allclose([turn.yaw, turn.pitch, turn.roll], [-0.6, -3.3, 3.0], atol=0.5)
    assert f"box {' '.join(f'{edge:.0f}' for edge in face.box)}" in repr(face)


@pytest.mark.parametrize("runner", ["litert", "onnxruntime"])
def test_runners_agree(photo, assets_cache, runner):
    both = [Landmarker(runner=name, cache=assets_cache) for name in ("opencv", runner)]
    one, two = (each.detect(photo)[0] for each in both)
    np.testing.assert_allclose(one.landmarks, two.landmarks, atol=0.02)
    assert one.score == pytest.approx(two.score, abs=1e-5)
    shapes = [each.blendshapes(one.landmarks) for each in both]
    np.testing.assert_allclose(*shapes, atol=1e-5)


def test_blendshapes_see_the_smile(landmarker, photo):
    (face,) = landmarker.detect(photo)
    scores = dict(zip(NAMES, landmarker.blendshapes(face.landmarks), strict=True))
    assert len(scores) == 52
    assert scores["mouthSmileLeft"] > 0.7
    assert scores["mouthSmileRight"] > 0.7
    assert scores["jawOpen"] < 0.2
    with pytest.raises(ValueError, match="landmarks"):
        landmarker.blendshapes(face.landmarks[:468])


def test_a_flipped_photo_has_mirrored_landmarks(landmarker, photo):
    (face,) = landmarker.detect(photo)
    (flipped,) = landmarker.detect(np.ascontiguousarray(photo[:, ::-1]))
    back = flipped.landmarks[MIRROR_478, :2] * [-1, 1] + [512, 0]
    away = np.hypot(*(back - face.landmarks[:, :2]).T)
    assert away.mean() < 1.0
    assert away.max() < 2.5


@pytest.mark.parametrize("angle", [-50, 30, 45])
def test_turned_photos_give_turned_landmarks(assets_cache, photo, angle):
    landmarker = Landmarker(cache=assets_cache)
    matrix = cv2.getRotationMatrix2D((225, 120), -angle, 1.0)
    turned = cv2.warpAffine(photo, matrix, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    (still,) = landmarker.detect(photo)
    (face,) = landmarker.detect(turned)
    expected = still.landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    assert np.hypot(*(face.landmarks[:, :2] - expected).T).mean() < 2
    assert pose(face.landmarks).roll == pytest.approx(pose(still.landmarks).roll + angle, abs=4)


def place(photo, side, where, frame):
    small = cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA)
    frame[where[1] : where[1] + side, where[0] : where[0] + side] = small


def test_a_small_face_in_a_large_frame_is_found(landmarker, photo):
    """About 22 px wide in 1280 x 720."""
    frame = np.full((720, 1280, 3), 90, np.uint8)
    place(photo, 128, (900, 400), frame)
    (face,) = landmarker.detect(frame)
    np.testing.assert_allclose(face.landmarks[4, :2], [900 + 223.7 / 4, 400 + 127.2 / 4], atol=1)
    assert landmarker.detect(frame, depth=1) == []


def test_several_faces_each_once_largest_first(landmarker, photo):
    frame = np.full((480, 960, 3), 90, np.uint8)
    place(photo, 200, (20, 100), frame)
    place(photo, 320, (560, 60), frame)
    place(photo, 240, (280, 200), frame)
    faces = landmarker.detect(frame, thorough=True)
    centres = [round(float(face.box[0] + face.box[2]) / 2 / 10) for face in faces]
    assert centres == [round((560 + 225.8 * 320 / 512) / 10), 39, 11]
    assert len(landmarker.detect(frame, max_faces=2, thorough=True)) == 2


def test_large_and_cut_off_faces_are_found(landmarker, photo):
    large = cv2.resize(photo[40:220, 140:310], None, fx=8, fy=8)
    assert len(landmarker.detect(large)) == 1
    assert len(landmarker.detect(np.ascontiguousarray(photo[60:, 190:]))) == 1


@pytest.mark.parametrize("size", [(64, 64), (480, 640), (1, 1), (3, 700)])
def test_no_face_no_result(landmarker, generator, size):
    noise = generator.integers(0, 256, (*size, 3), np.uint8)
    assert landmarker.detect(noise) == []
    assert landmarker.detect(np.full((*size, 3), 128, np.uint8)) == []


def test_a_face_is_followed_and_lost(landmarker, photo):
    (face,) = landmarker.detect(photo)
    shifted = np.roll(photo, (3, -4), axis=(0, 1))
    followed = landmarker.follow(shifted, face)
    assert followed is not None
    away = followed.landmarks[:, :2] - face.landmarks[:, :2] - [-4, 3]
    assert np.abs(away).mean() < 0.7
    assert landmarker.follow(np.full_like(photo, 90), face) is None


def test_the_second_look_steadies_the_landmarks(assets_cache, photo):
    """Spread over small shifts of the frame, with and without."""
    spread = {}
    for refine in (False, True):
        landmarker = Landmarker(refine=refine, cache=assets_cache)
        found = []
        for shift in range(0, 30, 3):
            view = np.ascontiguousarray(photo[: 300 + shift, 80 - shift : 380])
            points = landmarker.detect(view)[0].landmarks[:, :2].copy()
            found.append(points - [shift, 0])
        spread[refine] = np.std(found, axis=0).mean()
    assert spread[True] < spread[False]


def test_other_arrays_are_refused(landmarker):
    for bad in (
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
    ):
        with pytest.raises(ValueError, match="RGB uint8"):
            landmarker.detect(bad)


def made_up(left, side, presence):
    box = np.array([left, 0, left + side, side], np.float32)
    return Face(
        box=box, score=0.9, landmarks=np.zeros((478, 3), np.float32),
        presence=presence, matrix=np.eye(3)[:2],
    )  # fmt: skip


def test_boxes_within_boxes_are_one_face():
    kept = distinct([made_up(0, 10, 0.8), made_up(1, 6, 0.6), made_up(30, 20, 0.7)])
    assert [face.presence for face in kept] == [0.7, 0.8]


def test_missing_and_damaged_assets_are_told(tmp_path, monkeypatch):
    with pytest.raises(MienError, match="mien assets fetch face-landmarker"):
        Landmarker(cache=tmp_path)
    broken = tmp_path / "face_landmarker.task"
    monkeypatch.setattr(networks, "locate", lambda *_, **__: broken)
    broken.write_bytes(b"no zip")
    with pytest.raises(MienError, match="cannot be read"):
        Landmarker()
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("other", b"")
    with pytest.raises(MienError, match="cannot be read"):
        Landmarker()


def test_litert_is_optional(assets_cache, photo, monkeypatch):
    monkeypatch.setattr(networks, "litert_installed", lambda: False)
    automatic = Landmarker(cache=assets_cache)
    assert automatic.runner.startswith("onnxruntime")
    assert len(automatic.detect(photo)) == 1
    with pytest.raises(MienError, match=r"\.\[fast\]"):
        Landmarker(runner="litert", cache=assets_cache)


def test_faces_known_already_are_not_looked_at_again(landmarker, photo):
    dark = (photo * 0.6).astype(np.uint8)
    pair = np.hstack([photo, dark])
    first, second = landmarker.detect(pair)
    (other,) = landmarker.detect(pair, beside=[first])
    np.testing.assert_array_equal(other.landmarks, second.landmarks)
    assert landmarker.detect(pair, beside=[first, second]) == []
