import numpy as np
import pytest

from mien.errors import MienError
from mien.predict.model import Model
from predict import models


@pytest.mark.parametrize("count", [0, 1, 5, 33, 70])
def test_scores_equal_the_network_in_numpy(full_bundle, generator, count):
    crops = generator.integers(0, 256, (count, 48, 48, 3), np.uint8)
    found = Model(full_bundle).score(crops)
    expected = models.expected(crops, models.widths(full=True))
    assert list(found) == ["au", "intensity", "expression", "affect"]
    for name, values in expected.items():
        assert found[name].dtype == np.float32
        assert found[name].shape == values.shape
        np.testing.assert_allclose(found[name], values, atol=1e-5)


def test_another_template_is_refused(tmp_path):
    folder = models.write(tmp_path / "b", template="older", template_digest="1" * 64)
    with pytest.raises(MienError, match="template 'older'"):
        Model(folder)


def test_weights_in_other_files_are_refused(tmp_path):
    content = models.external(models.network(models.widths(full=False)))
    with pytest.raises(MienError, match="weights in other files"):
        Model(models.write(tmp_path / "b", content=content))


@pytest.mark.parametrize("content", [b"", b"no network", b"\x08\x09" * 50])
def test_a_broken_network_is_refused(tmp_path, content):
    with pytest.raises(MienError, match=r"cannot load|which is not what"):
        Model(models.write(tmp_path / "b", content=content))


@pytest.mark.parametrize(
    ("widths", "size", "told"),
    [
        ({"au": 2}, 48, "has \\(2,\\) values"),
        ({"scores": 3}, 48, "not what"),
        ({"au": 3}, 32, "crops of 48 px"),
    ],
)
def test_a_network_unlike_its_description_is_refused(tmp_path, widths, size, told):
    with pytest.raises(MienError, match=told):
        Model(models.write(tmp_path / "b", content=models.network(widths, size)))


def test_no_bundle_is_told(tmp_path):
    with pytest.raises(MienError):
        Model(tmp_path)
