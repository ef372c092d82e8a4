"""Making a store: the same bytes with one process or two, stopped or not."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from mien.data.store import Store
from mien.errors import MienError
from mien.lab.corpus import make as make_module
from mien.lab.corpus import parts
from mien.lab.corpus.make import creation_facts, make
from mien.lab.corpus.parts import group
from mien.lab.interview import Interview
from mien.lab.talking import Talking

SCENARIO = Interview(subjects=1, frames=4, seconds=4.0)
SIZE = 32


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Eight parts of one clip each."""
    monkeypatch.setattr(parts, "PART_FRAMES", 4)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    out = tmp_path_factory.mktemp("reference") / "store"
    made = make(SCENARIO, out, size=SIZE, jobs=1)
    assert made.finished
    return content(out)


def test_two_processes_write_the_same_bytes(tmp_path, reference):
    seen = []
    made = make(
        SCENARIO, tmp_path / "store", size=SIZE, jobs=2, progress=lambda *done: seen.append(done)
    )
    assert made.finished
    assert (made.frames, made.planned) == (32, 32)
    assert content(tmp_path / "store") == reference
    assert seen[0] == (0, 32)
    assert seen[-1] == (32, 32)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store"]


def test_the_store_holds_the_plan(tmp_path):
    make(SCENARIO, tmp_path / "store", size=SIZE, jobs=1)
    store = Store(tmp_path / "store")
    assert len(store) == 32
    assert store.facts.size == SIZE
    assert store.facts.template == "mien-1"
    assert store.facts.created == creation_facts(SCENARIO, seed=0, size=SIZE)
    assert store.column("activity").tolist()[::4] == [f"T{n}" for n in range(1, 9)]
    shot = SCENARIO.frame(SCENARIO.clips(0)[2], 1)
    assert store.column("sample_id")[9] == shot.labels["sample_id"]
    assert store.column("AU12_intensity")[9] == pytest.approx(shot.labels["AU12_intensity"])
    assert store.column("landmarks").shape == (32, 478, 2)
    store.close()


def test_a_finished_store_is_left_alone_and_another_is_refused(tmp_path):
    out = tmp_path / "store"
    make(SCENARIO, out, size=SIZE, jobs=1)
    before = (out / "manifest.parquet").stat().st_mtime_ns
    assert make(SCENARIO, out, size=SIZE, jobs=1).finished
    assert (out / "manifest.parquet").stat().st_mtime_ns == before
    with pytest.raises(MienError, match="other settings"):
        make(SCENARIO, out, size=SIZE, seed=1, jobs=1)
    (tmp_path / "full").mkdir()
    with pytest.raises(MienError, match="not a store"):
        make(SCENARIO, tmp_path / "full", size=SIZE, jobs=1)


def test_time_running_out_keeps_whole_parts(tmp_path, reference, monkeypatch):
    out = tmp_path / "store"
    ticks = iter(range(1000))
    clock = SimpleNamespace(monotonic=lambda: next(ticks) / 4.0)
    for module in (parts, make_module):
        monkeypatch.setattr(module, "time", clock)
    made = make(SCENARIO, out, size=SIZE, jobs=1, max_seconds=3.0)
    monkeypatch.undo()
    assert not made.finished
    assert 0 < made.frames < 32
    assert not out.exists()
    with pytest.raises(MienError, match="begun with other settings"):
        make(SCENARIO, out, size=2 * SIZE, jobs=1)
    monkeypatch.setattr(parts, "PART_FRAMES", 4)
    assert make(SCENARIO, out, size=SIZE, jobs=1).finished
    assert content(out) == reference


def test_no_time_at_all_with_two_processes(tmp_path):
    made = make(SCENARIO, tmp_path / "store", size=SIZE, jobs=2, max_seconds=0.0)
    assert not made.finished
    assert not (tmp_path / "store").exists()


SCRIPT = """
import sys
import time
from mien.lab.corpus import parts
from mien.lab.corpus.make import make
sys.path.insert(0, "tests/lab/corpus")
from test_make import SCENARIO, SIZE
if __name__ == "__main__":
    parts.PART_FRAMES = 4
    def tell(done, planned):
        print(done, flush=True)
        if done:  # hold still, so that the blow falls on an unfinished run
            time.sleep(280)
    make(SCENARIO, sys.argv[1], size=SIZE, jobs=int(sys.argv[2]), progress=tell)
"""


@pytest.mark.parametrize(
    ("jobs", "blow"), [(1, signal.SIGKILL), (2, signal.SIGKILL), (2, signal.SIGINT)]
)
def test_a_killed_run_goes_on_where_it_was(tmp_path, reference, jobs, blow):
    out = tmp_path / "store"
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    running = subprocess.Popen(
        [sys.executable, str(script), str(out), str(jobs)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stdout is not None
    while (line := running.stdout.readline()) == "0\n":
        pass
    assert line == "4\n", running.communicate(timeout=200)
    if blow == signal.SIGINT:
        os.killpg(running.pid, blow)
    else:
        running.kill()
    _, errors = running.communicate(timeout=200)
    assert running.returncode != 0
    if blow == signal.SIGINT:
        assert errors.count("Traceback") == 1
        assert "KeyboardInterrupt" in errors
    assert make(SCENARIO, out, size=SIZE, jobs=1).finished
    assert content(out) == reference
    assert sorted(path.name for path in tmp_path.iterdir()) == ["script.py", "store"]


def test_two_makers_of_one_store_do_not_mix(tmp_path):
    out = tmp_path / "store"

    def again(_done, _planned):
        with pytest.raises(MienError, match="another process"):
            make(SCENARIO, out, size=SIZE, jobs=1)

    assert make(SCENARIO, out, size=SIZE, jobs=1, progress=again).finished


def test_parts_are_whole_clips():
    plan = Talking(people=7, clips_each=1, frames=3, seconds=3.0).clips(0)
    cut = group(plan)
    assert [clip for part in cut for clip in part] == plan
    assert all(sum(clip.frames for clip in part) >= 4 for part in cut[:-1])
    assert group([]) == []
