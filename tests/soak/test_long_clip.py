"""20,000 frames through `Predictor.video`: memory and open files stay where they were (L3, L4)."""

import os
from pathlib import Path

import numpy as np

from mien.predict import Predictor
from predict import clips
from soak.share import share

FRAMES, WARM, EVERY = 20_000, 0.1, 50
TOLERANCE = 0.05


def moving(portrait, frames):
    """A face that drifts, goes for a while, and comes back; with noise that never repeats."""
    generator = np.random.default_rng(3)
    for index in range(frames):
        if index % 400 >= 370:
            yield np.full_like(portrait, index % 200)
            continue
        shift = (round(6 * np.sin(index / 17)), round(12 * np.sin(index / 41)))
        noise = generator.integers(0, 12, (*portrait.shape[:2], 1), np.uint8)
        yield np.roll(portrait, shift, axis=(0, 1)) // 20 * 19 + noise


def test_memory_stays_flat(tmp_path, portrait, bundle, landmarker):
    frames = share(FRAMES)
    path = clips.write(tmp_path / "long.mp4", moving(portrait, frames), codec="mpeg4")
    predictor = Predictor(bundle, landmarker=landmarker, threads=1)
    sizes, handles, statuses = [], [], {"ok": 0, "no face": 0}
    for count, reading in enumerate(predictor.video(path)):
        assert reading.frame == count
        statuses[reading.status] += 1
        if count % EVERY == 0 and count >= WARM * frames:
            sizes.append(resident())
            handles.append(len(list(Path("/proc/self/fd").iterdir())))
    assert sum(statuses.values()) == frames
    assert statuses["ok"] > 0.8 * frames
    assert statuses["no face"] > 0.01 * frames
    change = np.array(sizes) / sizes[0] - 1
    print(f"{sizes[0] / 1e6:.0f} MB after warm-up; {change.min():+.2%} to {change.max():+.2%}")
    assert np.abs(change).max() <= TOLERANCE
    assert len(set(handles)) == 1


def resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
