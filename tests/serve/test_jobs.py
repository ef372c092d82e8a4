import asyncio
import errno
import io
import signal
import time
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from mien.serve import jobs
from mien.serve.metrics import Metrics
from serve.conftest import SMALL, client_of, frozen_readers, until


def send(client, path, **fields):
    with path.open("rb") as file:
        return client.post("/jobs", files={"clip": ("secret.mp4", file)}, data=fields)


def wait(client, name, seconds=200.0):
    late = time.monotonic() + seconds
    seen = []
    while time.monotonic() < late:
        job = client.get(f"/jobs/{name}").json()
        seen.append(job)
        if job["state"] in {"done", "failed"}:
            return job, seen
        time.sleep(0.05)
    raise AssertionError(seen[-1])


@pytest.fixture(scope="module")
def done(client, clip_file):
    with frozen_readers():
        sent = send(client, clip_file)
        assert sent.status_code == 202, sent.text
        early = client.get(f"/jobs/{sent.json()['id']}/readings")
        assert early.status_code == 409
    return wait(client, sent.json()["id"])


def test_a_clip_is_read_to_its_end(done):
    job, seen = done
    assert job["state"] == "done", job
    assert (job["rows"], job["frames"], job["progress"]) == (12, 12, 1.0)
    assert job["problem"] is None
    assert 0 < job["expires_in"] <= SMALL.keep_seconds
    progress = [one["progress"] for one in seen]
    assert progress == sorted(progress)


def test_readings_come_in_every_format(client, done):
    address = f"/jobs/{done[0]['id']}/readings"
    table = pq.read_table(io.BytesIO(client.get(address, params={"format": "parquet"}).content))
    columns = client.get(address).json()
    assert columns["rows"] == table.num_rows == 12
    assert list(columns["columns"]) == table.column_names
    assert columns["columns"]["AU12"] == pytest.approx(table["AU12"].to_pylist())
    assert set(columns["columns"]["source"]) == {"clip.mp4"}
    lines = client.get(address, params={"format": "csv"}).text.splitlines()
    assert lines[0].split(",") == table.column_names
    assert len(lines) == 13
    told = client.get(address, params={"format": "provenance"})
    assert told.json()["rows"] == 12
    assert "secret" not in told.text
    assert "/" not in "".join(one["source"] for one in told.json()["sources"])
    assert client.get(address, params={"format": "pickle"}).status_code == 422


def test_landmarks_are_kept_on_request_row_by_row(client, clip_file, done, jpeg):
    none = client.get(f"/jobs/{done[0]['id']}/landmarks")
    assert none.status_code == 404
    assert "landmarks=true" in none.json()["remedy"]
    sent = send(client, clip_file, landmarks="true")
    job, _ = wait(client, sent.json()["id"])
    address = f"/jobs/{job['id']}/landmarks"
    found = client.get(address, params={"first": 2, "count": 300}).json()
    assert found["first"] == 2
    assert len(found["rows"]) == job["rows"] - 2
    table = client.get(f"/jobs/{job['id']}/readings").json()["columns"]
    for place, points in enumerate(found["rows"], 2):
        across = [x for x, _ in points]
        assert len(points) == 478
        assert min(across) == pytest.approx(table["left"][place], abs=0.1)
        assert max(across) == pytest.approx(table["right"][place], abs=0.1)
    assert client.get(address, params={"first": 12}).json() == {"first": 12, "rows": []}
    assert client.get(address, params={"count": 301}).status_code == 422


def test_the_clip_is_deleted_when_it_is_read(client, done):
    job = client.app.state.desk.jobs.find(done[0]["id"])
    names = {path.name for path in job.folder.rglob("*") if path.is_file()}
    assert names == {"readings.csv", "readings.parquet", "provenance.json"}


def test_what_is_no_sound_clip_fails_with_a_remedy(client, tmp_path, clip_file):
    broken = tmp_path / "x.mp4"
    broken.write_bytes(clip_file.read_bytes()[:200])
    job, _ = wait(client, send(client, broken).json()["id"])
    assert job["state"] == "failed"
    assert job["problem"]["remedy"]
    assert "/" not in job["problem"]["error"]
    answer = client.get(f"/jobs/{job['id']}/readings")
    assert answer.status_code == 409
    assert answer.json() == job["problem"]


@pytest.mark.parametrize(
    ("change", "word"),
    [({"clip_seconds": 0.2}, "limit is 0 s"), ({"clip_pixels": 9000}, "limit is 0.009")],
)
def test_clips_beyond_the_limits_fail(full_bundle, assets_cache, clip_file, change, word):
    with client_of(full_bundle, assets_cache, settings=replace(SMALL, **change)) as client:
        job, _ = wait(client, send(client, clip_file).json()["id"])
    assert job["state"] == "failed"
    assert word in job["problem"]["error"]


def test_a_reader_that_may_not_have_the_memory_fails_alone(full_bundle, assets_cache, clip_file):
    with client_of(
        full_bundle, assets_cache, settings=replace(SMALL, job_memory=64 << 20)
    ) as client:
        job, _ = wait(client, send(client, clip_file).json()["id"])
        assert job["state"] == "failed"
        assert "memory" in job["problem"]["error"]
        assert client.get("/health").json()["status"] == "ok"


def test_jobs_are_deleted_refused_forgotten_and_swept(
    full_bundle, assets_cache, clip_file, tmp_path
):
    settings = replace(SMALL, jobs=2, kept=1)
    with client_of(full_bundle, assets_cache, settings=settings, work=tmp_path) as client:
        found = client.app.state.desk.jobs
        with frozen_readers() as begun:
            first, second = (send(client, clip_file).json()["id"] for _ in range(2))
            assert client.get(f"/jobs/{second}").json()["ahead"] == 1
            full = send(client, clip_file)
            assert full.status_code == 429
            assert full.headers["retry-after"]
            assert client.get("/health").json()["jobs"] == 2
            assert client.delete(f"/jobs/{second}").status_code == 204
            assert client.delete(f"/jobs/{second}").status_code == 404
            until(lambda: begun)
            assert client.delete(f"/jobs/{first}").status_code == 204  # while it is read
            assert client.get("/health").json()["jobs"] == 0
            assert until(lambda: begun[0].returncode) == -signal.SIGKILL
        third = send(client, clip_file).json()["id"]
        wait(client, third)
        assert client.get(f"/jobs/{third}").status_code == 200
        found.find(third).ended -= settings.keep_seconds + 1.0
        assert client.get(f"/jobs/{third}").status_code == 404  # its time is over
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())  # the service has stopped


def test_what_is_read_when_the_service_stops_is_ended(
    full_bundle, assets_cache, clip_file, tmp_path
):
    with frozen_readers() as begun:
        with client_of(full_bundle, assets_cache, work=tmp_path) as client:
            send(client, clip_file)
            until(lambda: begun)
        assert [process.returncode for process in begun] == [-signal.SIGKILL]
    assert not list(tmp_path.iterdir())


def test_clips_are_deleted_when_the_service_stops_though_it_was_broken(tmp_path):
    async def broken():
        raise RuntimeError("a fault")

    async def stops():
        made = jobs.Jobs(tmp_path, settings=SMALL, metrics=Metrics(), work=tmp_path)
        made.start()
        made._tasks.append(asyncio.create_task(broken()))
        await asyncio.sleep(0)
        await made.close()

    asyncio.run(stops())
    assert list(tmp_path.iterdir()) == []


def test_a_clip_that_the_disk_does_not_take_is_refused_and_leaves_nothing(
    client, clip_file, monkeypatch
):
    def full(clip, path):
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(jobs, "_write", full)
    folder = client.app.state.desk.jobs._folder.path
    before = sorted(folder.rglob("*"))
    answer = send(client, clip_file)
    assert answer.status_code == 507
    assert "no room" in answer.json()["error"]
    assert client.get("/health").json()["jobs"] == 0
    assert sorted(folder.rglob("*")) == before


def test_a_purpose_is_needed_before_the_clip_is_kept(client, clip_file):
    assert send(client, clip_file, expressions="true").status_code == 403
    assert send(client, clip_file, expressions="true", purpose="exam").status_code == 403
    assert send(client, clip_file, every="0").status_code == 422


def test_expressions_of_a_clip_with_their_purpose(client, clip_file):
    sent = send(client, clip_file, expressions="true", purpose="a study", every="6")
    job, _ = wait(client, sent.json()["id"])
    found = client.get(f"/jobs/{job['id']}/readings").json()
    assert found["rows"] == 2
    assert found["columns"]["expression_happiness"][0] is not None
    told = client.get(f"/jobs/{job['id']}/readings", params={"format": "provenance"}).json()
    assert told["purpose"] == "a study"
