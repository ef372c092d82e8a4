"""Readings that are killed and gone on with, and readings by several processes, give one table."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from mien.errors import MienError
from mien.predict import predict_paths
from mien.predict import work as work_module
from mien.predict import workers as workers_module
from predict import clips, processes

OPTIONS = {"smooth": "one-euro", "part_frames": 4}


@pytest.fixture(scope="module")
def media(tmp_path_factory, portrait, face_clip):
    """Photos, one of them broken, and two clips; in a folder."""
    root = tmp_path_factory.mktemp("media")
    for number in range(3):
        cv2.imwrite(str(root / f"a{number}.png"), np.roll(portrait, number, axis=1)[..., ::-1])
    (root / "a9.jpg").write_bytes(b"\xff\xd8 no more")
    (root / "b.mp4").write_bytes(face_clip[0].read_bytes())
    clips.write(root / "c.mp4", [np.roll(portrait, 2 * step, axis=1) for step in range(9)])
    return root


@pytest.fixture(scope="module")
def undisturbed(media, full_bundle, assets_cache, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "out"
    return predict_paths([media], full_bundle, out=out, cache=assets_cache, jobs=1, **OPTIONS).out


def same(one, two):
    """Bit for bit the same rows, and the same record but for its date."""
    for name in ("readings.csv", "readings.parquet"):
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
    records = [json.loads((out / "provenance.json").read_text()) for out in (one, two)]
    for record in records:
        del record["created"]
    assert records[0] == records[1]


def test_two_processes_write_what_one_does(
    undisturbed, media, full_bundle, assets_cache, tmp_path, monkeypatch
):
    monkeypatch.setattr(work_module, "PHOTOS_A_TASK", 2)
    seen = []
    summary = predict_paths(
        [media], full_bundle, out=tmp_path / "out", cache=assets_cache, jobs=2,
        progress=seen.append, **OPTIONS,
    )  # fmt: skip
    same(undisturbed, summary.out)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert {step.number for step in seen} == set(range(6)) - {3} | {3}
    assert max(step.frame for step in seen) == 24


KILLED = """
import os, signal, sys
from mien.predict import predict_paths
def kill(step):
    if step.number == 4 and step.frame == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
predict_paths([sys.argv[1]], sys.argv[2], out=sys.argv[3], jobs=1, part_frames=4,
              smooth="one-euro", progress=kill)
"""


@pytest.mark.parametrize("frame", [3, 14])
def test_a_killed_reading_goes_on_and_ends_the_same(
    undisturbed, media, full_bundle, assets_cache, tmp_path, frame
):
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(media), str(full_bundle), str(out), str(frame)],
        env={**os.environ, "MIEN_CACHE": str(assets_cache)}, check=False, capture_output=True,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not out.exists()
    (left,) = tmp_path.iterdir()
    sealed = sorted(path.name for path in (left / "parts").iterdir() if path.name[0] != ".")
    assert len(sealed) == 1 + frame // 4
    steps = []
    predict_paths(
        [media], full_bundle, out=out, cache=assets_cache, progress=steps.append, jobs=1, **OPTIONS
    )
    assert (steps[0].number, steps[0].frame) == (4, frame // 4 * 4 + 1)
    assert list(tmp_path.iterdir()) == [out]
    same(undisturbed, out)


def test_a_worker_that_dies_is_told_and_the_next_run_goes_on(
    undisturbed, media, full_bundle, assets_cache, tmp_path, monkeypatch
):
    """It dies at frame 10 of the first clip, of which two parts of four are sealed by then."""
    monkeypatch.setenv("PYTHONPATH", str(Path(processes.__file__).parents[1]))
    monkeypatch.setattr(workers_module, "_MODULE", "predict.mortal_worker")
    with pytest.raises(MienError, match="ended with code -9"):
        predict_paths(
            [media], full_bundle, out=tmp_path / "out", cache=assets_cache, jobs=2, **OPTIONS
        )
    steps = []
    summary = predict_paths(
        [media], full_bundle, out=tmp_path / "out", cache=assets_cache, jobs=1,
        progress=steps.append, **OPTIONS,
    )  # fmt: skip
    assert next(step.frame for step in steps if step.number == 4) == 9
    same(undisturbed, summary.out)


def stopped(media, bundle, cache, out):
    """A reading interrupted in its first clip."""

    def stop(step):
        if step.number == 4 and step.frame == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predict_paths([media], bundle, out=out, cache=cache, jobs=1, progress=stop, **OPTIONS)


def test_other_settings_do_not_go_on_with_it(media, full_bundle, assets_cache, tmp_path):
    out = tmp_path / "out"
    stopped(media, full_bundle, assets_cache, out)
    with pytest.raises(MienError, match="other settings or sources"):
        predict_paths([media / "c.mp4"], full_bundle, out=out, cache=assets_cache, **OPTIONS)
    summary = predict_paths(
        [media / "c.mp4"], full_bundle, out=out, cache=assets_cache, resume=False, **OPTIONS
    )
    assert summary.rows == 9
    assert list(tmp_path.iterdir()) == [out]


def test_two_readings_into_one_output_do_not_meet(media, full_bundle, assets_cache, tmp_path):
    told = []

    def again(step):
        if not told:
            with pytest.raises(MienError, match="another process is reading"):
                predict_paths(
                    [media / "c.mp4"], full_bundle, out=tmp_path / "out", cache=assets_cache
                )
            told.append(step)

    predict_paths(
        [media / "c.mp4"], full_bundle, out=tmp_path / "out", cache=assets_cache, progress=again
    )
    assert told


def test_a_baseline_is_taken_off_in_a_second_pass(media, full_bundle, assets_cache, tmp_path):
    plain, moved = (
        predict_paths(
            [media / "b.mp4"], full_bundle, out=tmp_path / name, cache=assets_cache,
            part_frames=7, baseline=name if name == "median" else None,
        )
        for name in ("plain", "median")
    )  # fmt: skip
    before, after = (pq.read_table(one.out / "readings.parquet") for one in (plain, moved))
    assert before.schema == after.schema
    ok = np.array(before["status"].to_pylist()) == "ok"
    found = after["AU12"].to_numpy()[ok]
    assert np.median(found) == pytest.approx(0.1, abs=1e-3)
    order = before["AU12"].to_numpy()[ok].argsort(kind="stable")
    assert (np.diff(found[order]) >= 0).all()
    assert after["AU12"].null_count == before["AU12"].null_count > 0
    assert after["AU12_intensity"].to_numpy()[ok].min() == 0
    record = json.loads((moved.out / "provenance.json").read_text())["settings"]
    assert record["baseline"]["name"] == "median"
    assert record["baseline"]["faces_without"] == {}
    with pytest.raises(MienError, match="photos have none"):
        predict_paths([media], full_bundle, out=tmp_path / "no", baseline="median")


def test_one_file_and_a_part_of_a_clip(media, full_bundle, assets_cache, tmp_path):
    out = tmp_path / "table.csv"
    summary = predict_paths(
        [media / "c.mp4"], full_bundle, out=out, cache=assets_cache, start=0.1, end=0.3,
        layout="openface",
    )  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "table.csv", "table.provenance.json"
    ]  # fmt: skip
    lines = out.read_text().splitlines()
    assert len(lines) == 1 + summary.rows == 1 + 5
    record = json.loads((tmp_path / "table.provenance.json").read_text())
    assert (record["settings"]["start"], record["settings"]["layout"]) == (0.1, "openface")
    for wrong in ({"start": 2.0, "end": 1.0}, {"annotate": True}, {"jobs": 0}):
        with pytest.raises(MienError):
            predict_paths([media], full_bundle, out=tmp_path / "b.csv", **wrong)
