import subprocess
import threading
import zipfile

import pytest

from assets import wheels
from mien.assets import fetch, locate
from mien.assets import fetching as fetch_module
from mien.assets import listing as manifest_module
from mien.assets import wheel as wheel_module
from mien.errors import MienError

WEIGHTS = b"weights" * 999
WORDS = b"words"
FILES = {"toy/weights.bin": WEIGHTS, "toy/words.txt": WORDS, "../../evil.txt": b"evil"}


@pytest.fixture
def toys(monkeypatch):
    """Two assets of one package in place of the manifest."""
    listed = (
        wheels.asset(
            "toy-model",
            (wheels.member("toy/weights.bin", WEIGHTS), wheels.member("toy/words.txt", WORDS)),
        ),
        wheels.asset("toy-words", (wheels.member("toy/words.txt", WORDS, name="deep/words.txt"),)),
    )
    monkeypatch.setattr(manifest_module, "manifest", lambda: listed)
    return listed


def _files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_members_come_from_a_local_wheel(toys, tmp_path):
    wheels.build(tmp_path / "source", FILES)
    paths = fetch(["toy-model", "toy-words"], cache=tmp_path / "cache", source=tmp_path / "source")
    assert (paths["toy-model"] / "weights.bin").read_bytes() == WEIGHTS
    assert paths["toy-words"].read_bytes() == WORDS
    assert locate("toy-words", cache=tmp_path / "cache") == paths["toy-words"]


def test_only_named_members_are_written_and_nothing_outside(toys, tmp_path):
    wheels.build(tmp_path / "source", FILES)
    fetch(["toy-model"], cache=tmp_path / "cache", source=tmp_path / "source")
    assert _files(tmp_path / "cache") == [
        "assets/toy-model/weights.bin",
        "assets/toy-model/words.txt",
    ]
    assert not list(tmp_path.rglob("evil*"))


def test_a_package_is_downloaded_once_for_all_its_assets(toys, tmp_path, monkeypatch):
    calls = []

    def pip(into, *, package, version):
        calls.append(package)
        return wheels.build(into, FILES)

    monkeypatch.setattr(wheel_module, "download", pip)
    steps = []
    fetch(
        ["toy-words", "toy-model"],
        cache=tmp_path,
        progress=lambda p: steps.append((p.asset, p.step)),
    )
    assert calls == ["toy-faces"]
    assert ("toy-model", "done") in steps
    steps.clear()
    fetch(["toy-model"], cache=tmp_path, progress=lambda p: steps.append((p.asset, p.step)))
    assert steps == [("toy-model", "present")]
    assert calls == ["toy-faces"]
    assert not list(tmp_path.glob(".fetch-*"))


def test_a_damaged_file_is_fetched_anew(toys, tmp_path):
    wheels.build(tmp_path / "source", FILES)
    arguments = {"cache": tmp_path / "cache", "source": tmp_path / "source"}
    path = fetch(["toy-words"], **arguments)["toy-words"]
    path.write_bytes(b"w0rds")
    assert fetch(["toy-words"], **arguments)["toy-words"].read_bytes() == WORDS


@pytest.mark.parametrize("content", [b"w0rds", b"words and more", b""])
def test_another_content_is_refused_and_leaves_nothing(toys, tmp_path, content):
    wheels.build(tmp_path / "source", {**FILES, "toy/words.txt": content})
    with pytest.raises(MienError, match="not the file the manifest names"):
        fetch(["toy-words"], cache=tmp_path / "cache", source=tmp_path / "source")
    assert _files(tmp_path / "cache") == []


def test_a_missing_member_is_named(toys, tmp_path):
    wheels.build(tmp_path / "source", {"toy/weights.bin": WEIGHTS})
    with pytest.raises(MienError, match=r"no member toy/words\.txt"):
        fetch(["toy-words"], cache=tmp_path / "cache", source=tmp_path / "source")


def test_a_cut_wheel_is_refused(toys, tmp_path):
    archive = wheels.build(tmp_path / "source", FILES)
    archive.write_bytes(archive.read_bytes()[:40])
    with pytest.raises(MienError, match="damaged"):
        fetch(["toy-words"], cache=tmp_path / "cache", source=tmp_path / "source")


def test_a_flipped_byte_in_the_wheel_is_caught(toys, tmp_path):
    archive = wheels.build(tmp_path / "source", FILES)
    with zipfile.ZipFile(archive) as opened:
        entry = opened.getinfo("toy/weights.bin")
        start = entry.header_offset + 30 + len(entry.filename) + 4
    content = bytearray(archive.read_bytes())
    content[start] ^= 0xFF
    archive.write_bytes(bytes(content))
    with pytest.raises(MienError):
        fetch(["toy-model"], cache=tmp_path / "cache", source=tmp_path / "source")
    assert _files(tmp_path / "cache") == []


def test_a_wheel_can_be_an_asset_itself(monkeypatch, tmp_path):
    archive = wheels.build(tmp_path / "source", FILES)
    whole = wheels.asset("toy-wheel", (wheels.member(archive.name, archive.read_bytes()),))
    monkeypatch.setattr(manifest_module, "manifest", lambda: (whole,))
    path = fetch(["toy-wheel"], cache=tmp_path / "cache", source=tmp_path / "source")["toy-wheel"]
    assert path.read_bytes() == archive.read_bytes()
    path.unlink()
    archive.write_bytes(archive.read_bytes() + b" ")
    with pytest.raises(MienError, match="not the file"):
        fetch(["toy-wheel"], cache=tmp_path / "cache", source=tmp_path / "source")


def test_an_absent_source_or_wheel_is_named(toys, tmp_path):
    with pytest.raises(MienError, match="no such folder"):
        fetch(["toy-words"], cache=tmp_path, source=tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "odd.whl").write_bytes(b"")
    with pytest.raises(MienError, match=r"holds no wheel of toy-faces 1\.0"):
        fetch(["toy-words"], cache=tmp_path, source=tmp_path / "empty")


@pytest.mark.parametrize(
    ("stderr", "told"),
    [
        ("/usr/bin/python: No module named pip", "has no pip"),
        (
            "WARNING: x\nERROR: No matching distribution found for toy-faces==1.0",
            "No matching distribution",
        ),
        ("", "no reason given"),
    ],
)
def test_pip_that_fails_is_told_plainly(toys, tmp_path, monkeypatch, stderr, told):
    def run(command, **_):
        assert command[1:4] == ["-m", "pip", "download"]
        assert "--no-deps" in command
        assert "--only-binary=:all:" in command
        return subprocess.CompletedProcess(command, 1, "", stderr)

    monkeypatch.setattr(wheel_module.subprocess, "run", run)
    with pytest.raises(MienError, match=told) as caught:
        fetch(["toy-words"], cache=tmp_path)
    assert "--source" in str(caught.value)
    assert _files(tmp_path) == []
    assert not list(tmp_path.glob(".fetch-*"))


def test_a_python_that_cannot_start_pip(toys, tmp_path, monkeypatch):
    def run(command, **_):
        raise FileNotFoundError(command[0])

    monkeypatch.setattr(wheel_module.subprocess, "run", run)
    with pytest.raises(MienError, match="could not be started"):
        fetch(["toy-words"], cache=tmp_path)


def test_pip_that_brings_nothing(toys, tmp_path, monkeypatch):
    monkeypatch.setattr(
        wheel_module.subprocess, "run", lambda c, **_: subprocess.CompletedProcess(c, 0, "", "")
    )
    with pytest.raises(MienError, match="brought no wheel"):
        fetch(["toy-words"], cache=tmp_path)


def test_an_interrupted_fetch_leaves_whole_files_only_and_goes_on(toys, tmp_path, monkeypatch):
    wheels.build(tmp_path / "source", FILES)
    read = fetch_module._read_member

    def interrupted(archive, member):
        if member.path.endswith("words.txt"):
            raise KeyboardInterrupt
        return read(archive, member)

    monkeypatch.setattr(fetch_module, "_read_member", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(["toy-model"], cache=tmp_path / "cache", source=tmp_path / "source")
    assert _files(tmp_path / "cache") == ["assets/toy-model/weights.bin"]
    with pytest.raises(MienError, match="not in the cache"):
        locate("toy-model", cache=tmp_path / "cache")
    again = []
    monkeypatch.setattr(
        fetch_module,
        "_read_member",
        lambda archive, member: again.append(member.path) or read(archive, member),
    )
    fetch(["toy-model"], cache=tmp_path / "cache", source=tmp_path / "source")
    assert again == ["toy/words.txt"]


def test_a_full_disk_is_told_and_leaves_nothing(toys, tmp_path, monkeypatch):
    wheels.build(tmp_path / "source", FILES)

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fetch_module.atomic, "write_bytes", full)
    with pytest.raises(MienError, match="No space left on device"):
        fetch(["toy-model"], cache=tmp_path / "cache", source=tmp_path / "source")
    assert _files(tmp_path / "cache") == []


def test_a_cache_that_is_a_file_is_told(toys, tmp_path):
    (tmp_path / "cache").write_text("not a folder")
    with pytest.raises(MienError, match="cannot be written"):
        fetch(["toy-model"], cache=tmp_path / "cache", source=tmp_path)


def test_many_at_once_agree(toys, tmp_path):
    wheels.build(tmp_path / "source", FILES)
    problems = []

    def one():
        try:
            fetch(["toy-model", "toy-words"], cache=tmp_path / "cache", source=tmp_path / "source")
        except (MienError, OSError) as problem:
            problems.append(problem)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert _files(tmp_path / "cache") == [
        "assets/toy-model/weights.bin",
        "assets/toy-model/words.txt",
        "assets/toy-words/deep/words.txt",
    ]
