"""20,000 frames through `Predictor.video`: memory and open files stay where they were (L3, L4)."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from mien.bench.speed.reader_child import resident
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


MEASURED = """
import os, sys
from pathlib import Path
from mien.predict import predict_paths
sizes = []
def note(step):
    if step.frame % 50 == 0:
        sizes.append(int(Path("/proc/self/statm").read_text().split()[1]))
predict_paths([sys.argv[1]], sys.argv[2], out=sys.argv[3], baseline="median", smooth="one-euro",
              part_frames=int(sys.argv[4]), progress=note)
print(*[size * os.sysconf("SC_PAGE_SIZE") for size in sizes])
"""


def test_memory_stays_flat_when_tables_are_written(tmp_path, portrait, bundle):
    """The whole of `mien predict`: parts, smoothing, and a baseline in a second pass."""
    frames = share(FRAMES)
    path = clips.write(tmp_path / "long.mp4", moving(portrait, frames), codec="mpeg4")
    part = str(max(10, frames // 25))  # the first are sealed while it warms up
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path), str(bundle), str(tmp_path / "out"), part],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    sizes = np.array([int(size) for size in done.stdout.split()])
    later = sizes[int(WARM * len(sizes)) :]
    change = later / later[0] - 1
    print(f"{later[0] / 1e6:.0f} MB after warm-up; {change.min():+.2%} to {change.max():+.2%}")
    assert sizes.max() < 600e6
    assert np.abs(change).max() <= TOLERANCE
    assert pq.read_metadata(tmp_path / "out" / "readings.parquet").num_rows == frames
    assert sorted(file.name for file in tmp_path.iterdir()) == ["long.mp4", "out"]
