from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mien.errors import MienError
from mien.predict.ask import phrases, vectors
from mien.text.sentence import ASSET, WIDTH, SentenceEncoder


def model(*, known=(), can_ask=True, text=ASSET):
    return SimpleNamespace(
        bundle=SimpleNamespace(name="tiny", text=text),
        can_ask=can_ask,
        folder=Path("bundle"),
        known_texts={phrase: np.full(WIDTH, 7, np.float32) for phrase in known},
    )


def test_phrases_are_evened_out_and_checked():
    assert phrases(["  eyes\twide\n open ", "a wink"]) == ("eyes wide open", "a wink")
    assert phrases(()) == ()
    for wrong, said in ((["a", " "], "empty"), (["a", " a"], "twice"), ("a wink", "sequence")):
        with pytest.raises(MienError, match=said):
            phrases(wrong)


def test_nothing_asked_needs_nothing():
    assert vectors((), model(can_ask=False)) is None


def test_phrases_the_model_was_taught_need_no_encoder(tmp_path):
    found = vectors(("a wink",), model(known=["a wink", "a grin"]), cache=tmp_path)
    np.testing.assert_array_equal(found, np.full((1, WIDTH), 7, np.float32))
    with pytest.raises(MienError, match="mien assets fetch ask"):
        vectors(("a wink", "a frown"), model(known=["a wink"]), cache=tmp_path)


def test_other_phrases_go_through_the_encoder_in_their_order(assets_cache):
    found = vectors(
        ("eyes wide open", "a wink", "a frown"), model(known=["a wink"]), cache=assets_cache
    )
    assert found.shape == (3, WIDTH)
    assert found.dtype == np.float32
    alone = SentenceEncoder(cache=assets_cache).encode(["a frown", "eyes wide open"])
    np.testing.assert_array_equal(found[[2, 0]], alone)
    np.testing.assert_array_equal(found[1], np.full(WIDTH, 7, np.float32))


def test_a_model_that_cannot_be_asked_says_so():
    with pytest.raises(MienError, match="cannot be asked") as refused:
        vectors(("a wink",), model(can_ask=False))
    assert "mien train shipped" in str(refused.value)
    with pytest.raises(MienError, match="'other-encoder'"):
        vectors(("a wink",), model(text="other-encoder"))
