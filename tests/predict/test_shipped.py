import numpy as np
import pytest

from mien import bundle
from mien.errors import MienError
from mien.predict.model import Model
from mien.predict.shipped import default_bundle, the_one_in
from predict import models


def test_the_one_in_the_package_is_small_whole_and_says_nothing_of_where_it_was_made():
    folder = default_bundle()
    files = [each for each in folder.iterdir() if each.is_file()]
    assert sum(each.stat().st_size for each in files) <= 20_000_000
    for each in files:
        assert b"site-packages" not in each.read_bytes(), each.name
    found = bundle.read(folder)
    assert {1, 2, 4, 6, 12, 25, 43} <= set(found.aus)
    assert found.licence == "Apache-2.0"
    said = Model(folder).score(np.zeros((2, found.size, found.size, 3), np.uint8))
    assert said["au"].shape == (2, len(found.aus))
    assert np.isfinite(said["au"]).all()


def test_the_one_bundle_is_found(tmp_path):
    models.write(tmp_path / "face-1")
    (tmp_path / "notes.txt").write_text("no model")
    (tmp_path / "empty").mkdir()
    assert the_one_in(tmp_path) == tmp_path / "face-1"


def test_none_and_several_are_told_with_a_remedy(tmp_path):
    with pytest.raises(MienError, match="mien train shipped"):
        the_one_in(tmp_path / "nowhere")
    models.write(tmp_path / "a")
    models.write(tmp_path / "b")
    with pytest.raises(MienError, match="a, b"):
        the_one_in(tmp_path)
