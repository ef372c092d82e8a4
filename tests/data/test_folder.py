"""Folders of images: what their names say, and nothing they do not."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.data.folder import read_folder
from mien.errors import MienError


def touch(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.zeros((8, 8, 3), np.uint8))
    return root


def test_flat_folders_know_nothing(tmp_path: Path) -> None:
    touch(tmp_path, "10.png", "9.jpg", "a.bmp")
    (tmp_path / "notes.txt").write_text("x")
    touch(tmp_path, ".hidden/1.png")
    items = read_folder(tmp_path)
    assert [item.labels["sample_id"] for item in items] == ["a.bmp", "9.jpg", "10.png"]
    assert all(set(item.labels) == {"sample_id", "source"} for item in items)


def test_expression_folders(tmp_path: Path) -> None:
    touch(tmp_path, "Happy/1.png", "angry/2.png", "neutral/deep/3.png")
    found = {item.path.name: item.labels["expression"] for item in read_folder(tmp_path)}
    assert found == {"1.png": "happiness", "2.png": "anger", "3.png": "neutral"}


def test_split_folders(tmp_path: Path) -> None:
    touch(tmp_path, "train/fear/1.png", "Test/sad/2.png", "valid/sad/3.png")
    found = {
        item.path.name: (item.labels["split"], item.labels["expression"])
        for item in read_folder(tmp_path)
    }
    assert found == {
        "1.png": ("train", "fear"),
        "2.png": ("test", "sadness"),
        "3.png": ("validation", "sadness"),
    }


def test_subject_folders(tmp_path: Path) -> None:
    touch(tmp_path, "F001/T1/0002.png", "F001/T1/10.png", "F002/x.png")
    items = read_folder(tmp_path, layout="subjects")
    found = [
        (item.labels["subject"], item.labels["clip"], item.labels.get("frame")) for item in items
    ]
    assert found == [("F001", "F001/T1", 2), ("F001", "F001/T1", 10), ("F002", "F002", None)]
    touch(tmp_path, "beside.png")
    with pytest.raises(MienError, match="beside the subjects"):
        read_folder(tmp_path, layout="subjects")


def test_unknown_folders_are_asked_about(tmp_path: Path) -> None:
    touch(tmp_path, "happy/1.png", "bored/2.png")
    with pytest.raises(MienError, match="'bored' is not named after an expression"):
        read_folder(tmp_path)
    with pytest.raises(MienError, match="'bored' is not named after an expression"):
        read_folder(tmp_path, layout="expressions")
    items = read_folder(tmp_path, classes={"Bored": "neutral", "happy": "happiness"})
    assert [item.labels["expression"] for item in items] == ["neutral", "happiness"]
    assert len(read_folder(tmp_path, layout="flat")) == 2


def test_links_out_of_the_folder_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "outside.png", "root/1.png")
    (tmp_path / "root" / "2.png").symlink_to(tmp_path / "outside.png")
    assert [item.path.name for item in read_folder(tmp_path / "root")] == ["1.png"]


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(MienError, match="no such folder"):
        read_folder(tmp_path / "none")
    with pytest.raises(MienError, match="has no images"):
        read_folder(tmp_path)
