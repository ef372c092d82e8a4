"""One clip by itself: whatever happens to its reader, it ends, and with a remedy."""

import asyncio
import errno
import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mien.serve import routes_clips, worker
from mien.serve.job import ClipJob
from mien.serve.problems import Refused
from mien.serve.worker import Task

TASK = Task(
    clip="clip.mp4", bundle="/nowhere", cache=None, every=1, max_faces=1, expressions=False,
    purpose=None, prompts=(), landmarks=False, pixels=1000, seconds=1.0, memory=1 << 30, time=1.0,
)  # fmt: skip


@pytest.mark.parametrize(
    "fault", [OSError(errno.EAGAIN, "/secret"), FileNotFoundError("/secret"), ValueError("/secret")]
)
def test_a_reader_that_cannot_be_started_or_heard_fails_its_clip_alone(
    fault, tmp_path, monkeypatch, caplog
):
    async def broken(*_, **__):
        raise fault

    monkeypatch.setattr(asyncio, "create_subprocess_exec", broken)
    (tmp_path / "clip.mp4").write_bytes(b"private")
    job = ClipJob(folder=tmp_path, task=TASK)
    asyncio.run(job.run(seconds=60.0))
    assert (job.state, job.open) == ("failed", False)
    assert job.problem.remedy
    assert list(tmp_path.iterdir()) == []
    assert "secret" not in job.problem.error
    assert "secret" not in caplog.text


def test_a_disk_that_is_full_is_what_the_clip_failed_by(monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", "/secret")

    monkeypatch.setattr(worker, "check", lambda _: None)
    monkeypatch.setattr("mien.predict.predict_paths", full)
    said = worker.read(TASK)
    assert "no room" in said["error"]
    assert said["remedy"]
    assert "secret" not in json.dumps(said)
    monkeypatch.setattr(worker, "check", lambda _: full())
    assert worker.read(replace(TASK, clip="other")) == said


def test_a_table_too_large_for_json_is_refused_and_one_that_is_gone_is_gone(tmp_path):
    path = tmp_path / "readings.parquet"
    pq.write_table(pa.table({"frame": [0, 1, 2], "time": [0.0, 0.5, 1.0]}), path)
    assert json.loads(routes_clips._by_column(path, most=6))["rows"] == 3
    with pytest.raises(Refused) as large:
        routes_clips._by_column(path, most=5)
    assert large.value.status_code == 413
    assert "parquet" in large.value.remedy
    path.unlink()
    with pytest.raises(Refused) as missing:
        asyncio.run(routes_clips._of_disk(routes_clips._by_column, path, most=6))
    assert missing.value.status_code == 404
