"""What a killed service has left is deleted by the next, and what a running one has is not."""

import os
import subprocess
import sys

from mien.serve.folder import PrivateFolder, sweep

KILLED = """
import os, pathlib, signal, sys
from mien.serve.folder import PrivateFolder
(PrivateFolder(pathlib.Path(sys.argv[1])).path / "clip.mp4").write_bytes(b"private")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_service_left_goes_when_the_next_starts(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, timeout=300)
    (left,) = tmp_path.iterdir()
    assert (left / "clip.mp4").read_bytes() == b"private"
    running = PrivateFolder(tmp_path)
    assert list(tmp_path.iterdir()) == [running.path]
    running.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_a_running_service_has_stays(tmp_path):
    one, other = PrivateFolder(tmp_path), PrivateFolder(tmp_path)
    (one.path / "clip.mp4").write_bytes(b"private")
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([one.path, other.path])
    assert (one.path / "clip.mp4").is_file()
    assert one.path.stat().st_mode & 0o077 == 0
    one.remove()
    one.remove()
    assert list(tmp_path.iterdir()) == [other.path]
    other.remove()


def test_nothing_else_is_deleted(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "mine").mkdir(parents=True)
    place = tmp_path / "place"
    (place / "other").mkdir(parents=True)
    (place / "mien-serve-link").symlink_to(elsewhere)
    (place / "mien-serve-file").write_text("no folder")
    before = sorted(place.iterdir())
    sweep(place)
    assert sorted(place.iterdir()) == before
    assert (elsewhere / "mine").is_dir()
    (place / "mien-serve-foreign").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: place.stat().st_uid + 1)
    sweep(place)
    assert (place / "mien-serve-foreign").is_dir()
