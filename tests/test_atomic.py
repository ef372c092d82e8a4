"""Outputs appear whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from mien import atomic
from mien.errors import MienError


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def fill_the_disk(path: Path) -> None:
    path.write_text("half")
    raise OSError("disk full")


def test_file_replaces_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")
    with atomic.file(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
        assert temporary.suffix == ".json"
        assert temporary.parent == tmp_path
    assert target.read_text() == "new"
    assert names(tmp_path) == ["out.json"]


def test_failure_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old")
    with pytest.raises(OSError, match="full"), atomic.file(target) as temporary:
        fill_the_disk(temporary)
    assert target.read_text() == "old"
    assert names(tmp_path) == ["out.txt"]


def test_failure_of_a_first_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), atomic.file(tmp_path / "a" / "out.txt"):
        raise KeyboardInterrupt
    assert names(tmp_path / "a") == []


def test_folder_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "model"
    with atomic.folder(target) as temporary:
        (temporary / "inner").mkdir()
        (temporary / "inner" / "x").write_text("1")
        assert not target.exists()
    assert (target / "inner" / "x").read_text() == "1"
    assert names(tmp_path / "deep") == ["model"]


def test_folder_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), atomic.folder(tmp_path / "model") as temporary:
        fill_the_disk(temporary / "x")
    assert names(tmp_path) == []


def test_folder_refuses_to_overwrite(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "keep").write_text("1")
    with pytest.raises(FileExistsError), atomic.folder(tmp_path / "model"):
        raise AssertionError("not reached")
    assert names(tmp_path / "model") == ["keep"]


def test_write_text_is_utf8_and_bytes_are_bytes(tmp_path: Path) -> None:
    atomic.write_text(tmp_path / "t", "Grüße")
    atomic.write_bytes(tmp_path / "b", b"\x00\xff")
    assert (tmp_path / "t").read_bytes() == "Grüße".encode()
    assert (tmp_path / "b").read_bytes() == b"\x00\xff"


def test_outputs_get_ordinary_permissions(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        atomic.write_text(tmp_path / "t", "x")
        with atomic.folder(tmp_path / "d"):
            pass
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "t").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "d").stat().st_mode) == 0o755


def test_sync_works_on_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("x")
    atomic.sync_file(tmp_path / "t")
    atomic.sync_folder(tmp_path)


def test_nobodys_place_is_taken(tmp_path: Path) -> None:
    atomic.refuse_existing(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b").write_text("kept")
    with pytest.raises(MienError, match="output file exists already"):
        atomic.refuse_existing(tmp_path / "a", tmp_path / "b")
    with pytest.raises(MienError, match="output folder exists already"):
        atomic.refuse_existing(tmp_path)
