"""The sentence encoder: the asset's own network, at length 1, one phrase at a time."""

import numpy as np
import pytest

from mien.errors import MienError
from mien.text.sentence import WIDTH, SentenceEncoder


@pytest.fixture(scope="module")
def encoder(assets_cache):
    return SentenceEncoder(cache=assets_cache, threads=1)


def test_vectors_have_length_1_and_do_not_depend_on_company(encoder):
    phrases = ["eyes wide open", "a smile", "eyes wide open"]
    found = encoder.encode(phrases)
    assert found.shape == (3, WIDTH)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-6)
    np.testing.assert_array_equal(found[0], found[2])
    np.testing.assert_array_equal(found[1], encoder.encode(["a smile"])[0])
    assert encoder.encode([]).shape == (0, WIDTH)


def test_what_means_alike_lies_near(encoder):
    smile, grin, brow = encoder.encode(["a broad smile", "a wide grin", "lowered eyebrows"])
    assert smile @ grin > smile @ brow + 0.05


def test_without_the_asset_the_remedy_is_told(tmp_path):
    with pytest.raises(MienError) as caught:
        SentenceEncoder(cache=tmp_path)
    assert caught.value.remedy == "mien assets fetch ask"
