import csv
import json
import math
import resource
import subprocess
import sys

import av
import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from mien.errors import MienError
from mien.faces.image import read_image
from mien.predict import Limits, predict_paths
from mien.predict import tasks as tasks_module
from predict import clips, models


@pytest.fixture(scope="module")
def folder(tmp_path_factory, photo, face_clip):
    """A photo, one without a face, a broken one, and the clip."""
    root = tmp_path_factory.mktemp("media")
    cv2.imwrite(str(root / "a face.png"), photo[..., ::-1])
    cv2.imwrite(str(root / "b grey.png"), np.full((64, 64), 90, np.uint8))
    (root / "c broken.jpg").write_bytes(b"\xff\xd8 no more")
    (root / "d clip.mp4").write_bytes(face_clip[0].read_bytes())
    return root


@pytest.fixture(scope="module")
def written(folder, full_bundle, assets_cache, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "readings"
    steps = []
    summary = predict_paths(
        [folder], full_bundle, out=out, annotate=True, cache=assets_cache, progress=steps.append
    )
    return summary, steps


def rows_of(summary):
    return pq.read_table(summary.out / "readings.parquet").to_pylist()


def test_a_row_per_face_per_frame_and_one_where_there_is_none(written, folder):
    summary, _ = written
    rows = rows_of(summary)
    assert summary.rows == len(rows) == 3 + 24
    photos = {row["source"].rsplit("/", 1)[1]: row for row in rows if row["time"] is None}
    assert photos["a face.png"]["status"] == "ok"
    assert photos["b grey.png"]["status"] == "no face"
    assert photos["c broken.jpg"]["status"] == "unreadable"
    clip = [row for row in rows if row["source"].endswith("clip.mp4")]
    assert [row["frame"] for row in clip] == list(range(24))
    assert [row["status"] for row in clip] == ["ok"] * 10 + ["no face"] * 6 + ["ok"] * 8
    assert summary.statuses == {"ok": 19, "no face": 7, "unreadable": 1}


def test_columns_are_named_and_empty_where_unknown(written):
    rows = rows_of(written[0])
    face = next(row for row in rows if row["status"] == "ok")
    for name in ("AU01", "AU12", "AU25"):
        assert 0 <= face[name] <= 1
        assert face[f"{name}_intensity"] is not None
    assert not any(name.startswith("expression") or name == "valence" for name in face)
    empty = next(row for row in rows if row["status"] == "no face")
    filled = {name for name, value in empty.items() if value is not None}
    assert filled <= {"source", "frame", "time", "status"}


def test_csv_and_parquet_hold_the_same(written):
    rows = rows_of(written[0])
    with (written[0].out / "readings.csv").open(newline="") as handle:
        lines = list(csv.DictReader(handle))
    assert list(lines[0]) == list(rows[0])
    for row, line in zip(rows, lines, strict=True):
        for name, value in row.items():
            if value is None:
                assert line[name] == ""
            elif isinstance(value, float):
                assert math.isclose(float(line[name]), value, rel_tol=1e-6, abs_tol=1e-9)
            else:
                assert line[name] == str(value)


def test_provenance_says_what_made_it(written, full_bundle):
    found = json.loads((written[0].out / "provenance.json").read_text())
    described = json.loads((full_bundle / "bundle.json").read_text())
    assert found["model"]["sha256"] == described["model_sha256"]
    assert found["template"]["name"] == "mien-1"
    assert len(found["template"]["digest"]) == 64
    assert found["landmarker"]["sha256"]["face_landmarker.task"].startswith("64184e22")
    assert found["versions"]["onnxruntime"]
    assert found["settings"]["limits"] == {"size": 36.0, "blur": 0.75, "frontal": 0.5}
    assert found["purpose"] == ""
    assert found["rows"] == 27
    assert [source["frames"] for source in found["sources"]] == [1, 1, 0, 24]
    assert found["sources"][2]["problem"]
    assert all(len(source["sha256"]) == 64 for source in found["sources"])


def test_annotated_pictures_and_clips_are_written(written):
    names = sorted(path.name for path in (written[0].out / "annotated").iterdir())
    assert names == ["00000-a face.png", "00001-b grey.png", "00003-d clip.mp4"]
    picture = read_image(written[0].out / "annotated" / "00000-a face.png")
    assert picture.shape == (512, 812, 3)
    with av.open(str(written[0].out / "annotated" / "00003-d clip.mp4")) as container:
        frames = [float(frame.time) for frame in container.decode(video=0)]
    assert len(frames) == 24
    assert frames[2] - frames[1] == pytest.approx(0.05, abs=1e-3)


def test_numbers_below_one_are_refused(folder, bundle, tmp_path):
    for wrong in ({"every": 0}, {"max_faces": 0}):
        with pytest.raises(MienError, match="is 0"):
            predict_paths([folder], bundle, out=tmp_path / "out", **wrong)
    assert not (tmp_path / "out").exists()


def test_progress_counts_up(written):
    steps = written[1]
    assert [step.number for step in steps[:2]] == [0, 1]
    assert (steps[-1].frame, steps[-1].frames, steps[-1].sources) == (24, 24, 4)


def test_frames_of_clips_are_given_as_they_are_read(folder, bundle, assets_cache, tmp_path):
    clip, seen = folder / "d clip.mp4", []
    summary = predict_paths(
        [folder / "b grey.png", clip, folder / "a face.png"], bundle, out=tmp_path / "out",
        cache=assets_cache, every=2, jobs=2, seen=seen.append,
    )  # fmt: skip
    rows = [row for row in rows_of(summary) if row["source"] == str(clip)]
    given = [(one.frame, face) for one in seen for face in one.faces or (None,)]
    assert [frame for frame, _ in given] == [row["frame"] for row in rows]
    for row, (_, face) in zip(rows, given, strict=True):
        assert (face is None) == (row["status"] == "no face")
        if face is not None:
            assert face.landmarks[:, 0].min() == pytest.approx(row["left"], abs=1e-3)


def test_problems_are_listed(written):
    (problem,) = written[0].problems
    assert problem.source.endswith("c broken.jpg")


def test_expressions_on_request_only_and_recorded(folder, full_bundle, assets_cache, tmp_path):
    summary = predict_paths(
        [folder / "a face.png"], full_bundle, out=tmp_path / "out", expressions=True,
        purpose="a study of smiles, consented", cache=assets_cache,
    )  # fmt: skip
    (row,) = rows_of(summary)
    assert row["expression_happiness"] is not None
    assert -1 <= row["valence"] <= 1
    found = json.loads((summary.out / "provenance.json").read_text())
    assert found["purpose"] == "a study of smiles, consented"
    with pytest.raises(MienError, match="Art"):
        predict_paths(
            [folder], full_bundle, out=tmp_path / "no", expressions=True, purpose="hiring"
        )
    assert not (tmp_path / "no").exists()


def test_limits_and_skipping_are_recorded(folder, bundle, assets_cache, tmp_path):
    summary = predict_paths(
        [folder / "d clip.mp4"], bundle, out=tmp_path / "out", every=4,
        limits=Limits(size=999.0), cache=assets_cache,
    )  # fmt: skip
    rows = rows_of(summary)
    assert [row["frame"] for row in rows] == [0, 4, 8, 12, 16, 20]
    assert {row["status"] for row in rows} == {"too small", "no face"}
    assert all(row["AU12"] is None for row in rows)
    (record,) = summary.sources
    assert (record.frames, record.skipped) == (6, 18)


def test_an_output_is_never_overwritten(folder, bundle, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(MienError, match="exists already"):
        predict_paths([folder], bundle, out=tmp_path / "out")


def test_nothing_readable_is_an_error_and_leaves_nothing(folder, bundle, assets_cache, tmp_path):
    with pytest.raises(MienError, match="no JPEG"):
        predict_paths([folder / "c broken.jpg"], bundle, out=tmp_path / "out", cache=assets_cache)
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_before_anything_is_done_leaves_nothing(
    folder, bundle, assets_cache, tmp_path
):
    def stop(step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predict_paths([folder], bundle, out=tmp_path / "out", cache=assets_cache, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing(
    folder, bundle, assets_cache, tmp_path, monkeypatch
):
    def full(path, image):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tasks_module, "write_picture", full)
    with pytest.raises(MienError, match="No space left"):
        predict_paths([folder], bundle, out=tmp_path / "out", annotate=True, cache=assets_cache)
    assert list(tmp_path.iterdir()) == []


def test_reading_never_imports_torch(folder, bundle, assets_cache, tmp_path):
    code = (
        "import sys; from mien.predict import predict_paths; "
        f"predict_paths([{str(folder / 'a face.png')!r}], {str(bundle)!r}, "
        f"out={str(tmp_path / 'out')!r}, annotate=True); "
        "heavy = {'torch', 'transformers', 'jaxtyping', 'beartype', 'scipy'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    environment = {"MIEN_CACHE": str(assets_cache), "PATH": "", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr


MEASURE = """
import resource, sys
from mien.predict import predict_paths
predict_paths([sys.argv[1]], sys.argv[2], out=sys.argv[3])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_clip(bundle, assets_cache, tmp_path):
    """2,000 frames take no more than 200 but for 24 MB; held, they would take 55 MB more."""
    peaks = []
    for count in (200, 2000):
        frame = np.full((96, 96, 3), 90, np.uint8)
        path = clips.write(tmp_path / f"{count}.mp4", (frame for _ in range(count)))
        out = tmp_path / f"out-{count}"
        environment = {"MIEN_CACHE": str(assets_cache), "PATH": "", "HOME": str(tmp_path)}
        environment |= {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}  # on any number of cores
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(path), str(bundle), str(out)],
            capture_output=True, text=True, env=environment, check=True,
        )  # fmt: skip
        peaks.append(int(done.stdout) * (1 if sys.platform == "darwin" else 1024))
        assert pq.read_metadata(out / "readings.parquet").num_rows == count
    assert peaks[1] - peaks[0] < 24e6
    assert resource.getpagesize() > 0


def test_a_bundle_without_intensity_has_no_such_columns(folder, bundle, assets_cache, tmp_path):
    summary = predict_paths(
        [folder / "a face.png"], bundle, out=tmp_path / "out", cache=assets_cache
    )
    (row,) = rows_of(summary)
    assert [name for name in row if name.startswith("AU")] == ["AU01", "AU12", "AU25"]
    assert models.UNITS == (1, 12, 25)
