import pytest

from mien.errors import MienError
from mien.predict.shipped import the_one_in
from predict import models


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
