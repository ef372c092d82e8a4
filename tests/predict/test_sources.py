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
