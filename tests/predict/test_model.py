import io

import numpy as np
import pytest

from mien.errors import MienError
from mien.faces import geometry
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


def _asked(tmp_path, **changes):
    """A model that reads geometry and can be asked."""
    content = models.seeing(models.network(models.widths(full=False)), geometry.WIDTH)
    texts = np.array(["a smile", "shut eyes"])
    held = io.BytesIO()
    np.savez(held, texts=texts, vectors=np.eye(2, 5, dtype=np.float16))
    described = {"geometry": geometry.NAME, "embedding": 1, "text": "bge-small-int8", **changes}
    further = {"ask.onnx": models.asker(1), "texts.npz": held.getvalue()}
    return models.write(tmp_path / "b", content=content, files=further, **described)


def test_geometry_goes_in_and_an_embedding_comes_out(tmp_path, generator):
    model = Model(_asked(tmp_path), threads=1)
    assert model.wants_geometry
    crops = generator.integers(0, 256, (40, 48, 48, 3), np.uint8)
    shape = generator.normal(size=(40, geometry.WIDTH)).astype(np.float32)
    found = model.score(crops, geometry=shape)
    np.testing.assert_allclose(found["embedding"], shape[:, :1])
    assert list(model.score(crops[:0])) == ["au", "embedding"]
    assert np.isnan(model.score(crops)["embedding"]).all()
    with pytest.raises(ValueError, match="geometry"):
        model.score(crops, geometry=shape[:3])


def test_phrases_are_put_to_faces(tmp_path, generator):
    model = Model(_asked(tmp_path), threads=1)
    faces, text = generator.normal(size=(4, 1)), generator.normal(size=(3, 5))
    matrix = np.random.default_rng(8).normal(size=(1, 5)).astype(np.float32)
    wanted = 1 / (1 + np.exp(-(faces @ matrix @ text.T)))
    found = model.ask(faces.astype(np.float32), text.astype(np.float32))
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    assert model.ask(faces.astype(np.float32)[:0], text.astype(np.float32)).shape == (0, 3)
    assert list(model.known_texts) == ["a smile", "shut eyes"]
    np.testing.assert_array_equal(model.known_texts["shut eyes"], np.eye(2, 5)[1])


def test_a_model_without_text_cannot_be_asked(full_bundle):
    model = Model(full_bundle, threads=1)
    assert not model.can_ask
    assert model.known_texts == {}
    with pytest.raises(MienError, match="cannot be asked"):
        model.ask(np.zeros((1, 1), np.float32), np.zeros((1, 5), np.float32))


def test_geometry_of_another_kind_is_refused(tmp_path):
    with pytest.raises(MienError, match="reads geometry 'older'"):
        Model(_asked(tmp_path, geometry="older"))
