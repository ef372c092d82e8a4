"""From files to a store: every kind of image, and what becomes of the unusable."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.data.ingest import NO_FACE, NOT_SQUARE, Item, ingest
from mien.data.store import Store
from mien.data.verify import verify
from mien.errors import MienError
from mien.faces.landmarker import Landmarker
from mien.faces.template import CANONICAL


@pytest.fixture(scope="module")
def face(photo: np.ndarray) -> np.ndarray:
    """A photograph with one face, BGR."""
    return np.ascontiguousarray(photo[:300, 60:360, ::-1])


def test_photographs_are_aligned(tmp_path: Path, landmarker: Landmarker, face: np.ndarray) -> None:
    cv2.imwrite(str(tmp_path / "one.png"), face)
    cv2.imwrite(str(tmp_path / "two.png"), np.hstack([face, face[:, ::-1]]))
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((200, 200, 3), 99, np.uint8))
    (tmp_path / "cut.png").write_bytes((tmp_path / "one.png").read_bytes()[:5000])
    names = ("one.png", "cut.png", "wall.png", "two.png")
    items = [Item(path=tmp_path / name, labels={"subject": "A", "AU12": 1.0}) for name in names]
    told: list[tuple[int, int]] = []

    result = ingest(
        items,
        tmp_path / "store",
        size=96,
        landmarker=landmarker,
        progress=lambda done, total: told.append((done, total)),
    )

    assert (result.written, result.crowded) == (2, 1)
    assert [skip.path.name for skip in result.skipped] == ["cut.png", "wall.png"]
    assert result.reasons()[NO_FACE] == 1
    assert "short" in result.skipped[0].reason
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    store = Store(tmp_path / "store")
    assert verify(store.path).problems == ()
    assert store.facts.template == CANONICAL.name
    assert store.facts.template_digest == CANONICAL.digest
    assert store.images([0, 1]).shape == (2, 96, 96, 3)
    placed = store.column("landmarks")[0]
    wanted = np.array(CANONICAL.targets) * 96
    assert np.abs(placed[list(CANONICAL.indices)] - wanted).max() < 4
    assert abs(store.column("yaw")[0]) < 40
    assert store.column("subject").tolist() == ["A", "A"]


def test_crops_are_only_resized(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    rgb = generator.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    big = cv2.resize(rgb, (64, 64), interpolation=cv2.INTER_NEAREST)
    cv2.imwrite(str(tmp_path / "8bit.png"), big[..., ::-1])
    cv2.imwrite(str(tmp_path / "16bit.png"), big[..., ::-1].astype(np.uint16) * 257)
    grey = np.ascontiguousarray(big[..., 0])
    cv2.imwrite(str(tmp_path / "grey.png"), grey)
    alpha = np.dstack([big[..., ::-1], np.full((64, 64), 255, np.uint8)])
    cv2.imwrite(str(tmp_path / "alpha.png"), alpha)
    cv2.imwrite(str(tmp_path / "wide.png"), np.zeros((8, 9, 3), np.uint8))
    names = ("8bit.png", "16bit.png", "alpha.png", "grey.png", "wide.png")
    items = [Item(path=tmp_path / name) for name in names]

    result = ingest(items, tmp_path / "store", size=32, align=False, name="crops")

    assert result.reasons() == {NOT_SQUARE: 1}
    store = Store(result.path)
    images = store.images(range(4)).astype(int)
    expected = cv2.resize(big, (32, 32), interpolation=cv2.INTER_AREA).astype(int)
    for image in images[:3]:
        assert np.abs(image - expected).mean() < 12
    assert np.abs(images[3] - expected[..., :1]).mean() < 12
    assert np.ptp(images[3], axis=2).max() < 8
    assert (store.facts.template, store.facts.size, store.facts.name) == ("", 32, "crops")


def test_nothing_usable_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(b"nonsense")
    with pytest.raises(MienError, match="no image could be used"):
        ingest([Item(path=tmp_path / "x.jpg")], tmp_path / "store", align=False)
    with pytest.raises(MienError, match="there were none"):
        ingest([], tmp_path / "store", align=False)
    assert [path.name for path in tmp_path.iterdir()] == ["x.jpg"]
