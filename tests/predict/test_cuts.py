import numpy as np
import pytest

from mien.predict.cuts import CutDetector


def room(seed, height=180, width=320):
    """Soft blotches of colour, another room for every seed."""
    generator = np.random.default_rng(seed)
    row, column = np.mgrid[:height, :width] / 40
    image = np.zeros((height, width, 3))
    for _ in range(6 * width // 320):
        x, y, size = generator.uniform(0, (width / 40, height / 40, 2))
        near = np.exp(-((column - x) ** 2 + (row - y) ** 2) / (size + 0.3))
        image += near[..., None] * generator.uniform(0, 200, 3)
    return np.clip(image + generator.uniform(20, 90, 3), 0, 255).astype(np.uint8)


def cuts(frames):
    detector = CutDetector()
    return [index for index, frame in enumerate(frames) if detector.is_cut(frame)]


def test_another_room_is_a_cut_and_only_once():
    frames = [room(seed) for seed in (1, 2, 3, 4) for _ in range(5)]
    assert cuts(frames) == [5, 10, 15]


def test_fast_motion_is_no_cut():
    wide = room(5, width=1280)
    pan = [wide[:, 24 * step : 24 * step + 320] for step in range(40)]  # two widths a second
    assert cuts(pan) == []


def test_light_that_changes_is_no_cut():
    frame = room(6)
    dimmed = [(frame * share).astype(np.uint8) for share in (1.0, 0.5, 1.0, 0.7, 0.3, 1.0)]
    assert cuts(dimmed) == []


def test_black_frames_are_passed_over():
    black = np.zeros((180, 320, 3), np.uint8)
    assert cuts([room(7), room(7), black, black, room(8), room(8)]) == [4]
    assert cuts([room(7), black, black, room(7)]) == []


def test_noise_is_no_cut():
    generator = np.random.default_rng(0)
    noisy = [
        np.clip(room(9) + generator.normal(0, 25, (180, 320, 3)), 0, 255).astype(np.uint8)
        for _ in range(6)
    ]
    assert cuts(noisy) == []


@pytest.mark.parametrize("split", [1, 4, 7])
def test_a_state_goes_on_as_if_nothing_had_been(split):
    frames = [room(seed) for seed in (1, 2, 1) for _ in range(3)]
    first, second = CutDetector(), CutDetector()
    begun = [first.is_cut(frame) for frame in frames[:split]]
    second.restore(first.state())
    assert begun + [second.is_cut(frame) for frame in frames[split:]] == [
        index in {3, 6} for index in range(9)
    ]
    assert CutDetector().state() == {}
