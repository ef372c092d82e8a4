"""Two hours of video read by one process: every frame is counted, and memory stays bounded.

A short film is put on end again and again by its time stamps, so that the file is long and cheap;
all of it is decoded, and every so-manieth frame is read.
"""

import json
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq

from mien.bench.speed.reader import repeat
from predict import clips
from soak.share import share

RATE, FILM, EVERY = 25, 200, 25
FRAMES = 2 * 60 * 60 * RATE
LIMIT, TOLERANCE = 600e6, 0.05

MEASURED = """
import sys
from mien.bench.speed.reader_child import peak, resident
from mien.predict import predict_paths
sizes = []
predict_paths([sys.argv[1]], sys.argv[2], out=sys.argv[3], every=int(sys.argv[4]),
              smooth="one-euro", progress=lambda _: sizes.append(resident()))
print(peak(), *sizes)
"""


def film(portrait):
    """A face that comes and goes, in a picture that drifts; its end meets its beginning."""
    for index in range(FILM):
        turn = 2 * np.pi * index / FILM
        shift = (round(6 * np.sin(turn)), round(12 * np.sin(2 * turn)))
        away = 150 <= index < 180
        yield np.full_like(portrait, 110) if away else np.roll(portrait, shift, axis=(0, 1))


def test_two_hours_are_read_in_bounded_memory(tmp_path, portrait, bundle):
    times = max(1, share(FRAMES) // FILM)
    short = clips.write(tmp_path / "film.mp4", film(portrait), rate=RATE, codec="mpeg4")
    long = repeat(short, tmp_path / "long.mp4", times)
    out = tmp_path / "out"
    words = [str(long), str(bundle), str(out), str(EVERY)]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *words], capture_output=True, text=True, check=True
    )
    peak, *sizes = map(int, done.stdout.split())

    frames = times * FILM
    (record,) = json.loads((out / "provenance.json").read_text())["sources"]
    assert record["frames"] + record["skipped"] == frames
    assert (record["damaged"], record["problem"]) == (0, "")
    table = pq.read_table(out / "readings.parquet", columns=["frame", "time", "status"])
    assert table["frame"].to_pylist() == list(range(0, frames, EVERY))
    expected = np.arange(0, frames, EVERY) / RATE
    np.testing.assert_allclose(table["time"].to_numpy(), expected, atol=2e-3)
    statuses = table["status"].to_pylist()
    away = [150 <= index % FILM < 180 for index in range(0, frames, EVERY)]
    assert [status == "no face" for status in statuses] == away

    later = np.array(sizes[len(sizes) // 10 :])
    change = later / later[0] - 1
    print(
        f"{frames} frames; {later[0] / 1e6:.0f} MB after a tenth, {change.min():+.2%} to", end=" "
    )
    print(f"{change.max():+.2%}; at most {peak / 1e6:.0f} MB")
    assert peak < LIMIT
    assert change.max() <= TOLERANCE
