import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.faces.pose import pose
from mien.predict.quality import Limits, blur, measure
from mien.predict.reading import Quality


def test_blur_grows_with_blurring(photo, landmarker):
    (face,) = landmarker.detect(photo)
    turn = pose(face.landmarks)
    values = [measure(photo, face, turn).blur]
    for sigma in (1, 2, 4, 8):
        soft = np.asarray(cv2.GaussianBlur(photo, (0, 0), sigma), np.uint8)
        values.append(measure(soft, face, turn).blur)
    assert values == sorted(values)
    assert values[0] < 0.5
    assert Limits().status(Quality(size=99.0, blur=values[0], frontal=1.0)) == "ok"
    assert Limits().status(Quality(size=99.0, blur=values[-1], frontal=1.0)) == "blurred"


def test_blur_against_loops(generator):
    """Oracle: the paper's sums, pixel by pixel, inside the border."""
    crop = generator.integers(0, 256, (20, 24, 3), np.uint8)
    crop = np.asarray(cv2.GaussianBlur(crop, (0, 0), 1.5), np.uint8)
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(float)
    worst = []
    for image in (grey, grey.T):
        padded = np.pad(image, ((4, 4), (0, 0)), mode="reflect")
        height, width = image.shape
        again = np.zeros_like(image)
        for row in range(height):
            for column in range(width):
                again[row, column] = sum(padded[row + k, column] for k in range(9)) / 9
        total = kept = 0.0
        for row in range(2, height - 1):
            for column in range(1, width - 1):
                before = abs(image[row, column] - image[row - 1, column])
                after = abs(again[row, column] - again[row - 1, column])
                total += before
                kept += before - max(0.0, before - after)
        worst.append(kept / total)
    assert blur(crop) == pytest.approx(max(worst), abs=0.03)


def test_a_flat_crop_is_wholly_blurred():
    assert blur(np.full((32, 32, 3), 77, np.uint8)) == 1.0


@given(st.integers(0, 999))
def test_blur_lies_between_0_and_1(seed):
    crop = np.random.default_rng(seed).integers(0, 256, (16, 16, 3), np.uint8)
    assert 0 <= blur(crop) <= 1


def test_size_is_that_of_the_canonical_square(photo, landmarker):
    (face,) = landmarker.detect(photo)
    turn = pose(face.landmarks)
    one = measure(photo, face, turn)
    assert one.size == pytest.approx(136, abs=2)
    assert one.frontal == pytest.approx(0.998, abs=0.003)


@pytest.mark.parametrize(
    ("quality", "status"),
    [
        ((20.0, 0.1, 1.0), "too small"),
        ((100.0, 0.1, 0.3), "turned away"),
        ((100.0, 0.9, 1.0), "blurred"),
        ((20.0, 0.9, 0.1), "too small"),
        ((100.0, 0.1, 1.0), "ok"),
    ],
)
def test_status_names_the_first_reason(quality, status):
    size, soft, frontal = quality
    assert Limits().status(Quality(size=size, blur=soft, frontal=frontal)) == status
