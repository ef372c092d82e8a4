import io

import pytest

from mien.errors import MienError
from mien.predict.sources import expand


@pytest.fixture
def tree(tmp_path):
    for name in ("b.jpg", "a.PNG", "deep/c.mp4", "deep/notes.txt", ".hidden/d.jpg", ".e.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    return tmp_path


def names(sources, root):
    return [(str(source.path.relative_to(root)), source.kind) for source in sources]


def test_folders_are_searched_in_order(tree):
    assert names(expand([tree]), tree) == [
        ("a.PNG", "photo"),
        ("b.jpg", "photo"),
        ("deep/c.mp4", "clip"),
    ]


def test_patterns_and_repeats(tree):
    found = expand([f"{tree}/*.jpg", f"{tree}/**/*.mp4", tree / "b.jpg"])
    assert names(found, tree) == [("b.jpg", "photo"), ("deep/c.mp4", "clip")]


def test_a_file_named_outright_is_taken_whatever_its_suffix(tree):
    assert names(expand([tree / "deep" / "notes.txt"]), tree) == [("deep/notes.txt", "photo")]


@pytest.mark.parametrize("suffix", ["mts", "M2TS", "ts", "dv", "3gp", "mxf"])
def test_what_camcorders_and_phones_write_is_a_clip(tmp_path, suffix):
    (tmp_path / f"a.{suffix}").write_bytes(b"")
    assert names(expand([tmp_path]), tmp_path) == [(f"a.{suffix}", "clip")]


def test_nothing_to_read_is_told(tree):
    with pytest.raises(MienError, match="no such file"):
        expand([tree / "none.jpg"])
    with pytest.raises(MienError, match="no photo or clip"):
        expand([f"{tree}/*.webp"])
    with pytest.raises(MienError, match="was named"):
        expand([])
    (tree / "empty").mkdir()
    with pytest.raises(MienError, match="no photo or clip"):
        expand([tree / "empty"])


def test_a_list_names_paths_line_by_line(tree):
    lines = [f"{tree}/b.jpg\n", "\n", f"{tree}/deep\r\n"]
    found = expand(["-", tree / "b.jpg"], lines=lines)
    assert names(found, tree) == [("b.jpg", "photo"), ("deep/c.mp4", "clip")]
    with pytest.raises(MienError, match="empty"):
        expand(["-"], lines=["\n"])
    with pytest.raises(MienError, match="names '-'"):
        expand(["-"], lines=["-\n"])


def test_the_list_is_standard_input(tree, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{tree}/a.PNG\n"))
    assert names(expand(["-"]), tree) == [("a.PNG", "photo")]


def test_cameras(tree, monkeypatch):
    monkeypatch.chdir(tree)
    found = expand(["webcam", "webcam:1", "webcam:0"])
    assert [(str(one.path), one.kind) for one in found] == [
        ("webcam:0", "camera"),
        ("webcam:1", "camera"),
    ]
    (tree / "webcam").write_bytes(b"")
    assert expand(["webcam"])[0].kind == "photo"
    with pytest.raises(MienError, match="no such file"):
        expand(["webcam:x"])
