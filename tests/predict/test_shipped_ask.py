"""The shipped model is asked in words of one's own, by the real encoder."""

import pytest

import mien
from mien.assets.cached import folder_of
from mien.errors import MienError
from mien.facs.statements import TAUGHT
from mien.predict.model import Model
from mien.predict.shipped import default_bundle

PAIRS = (
    # of a woman who smiles and shows her teeth
    ("beaming, with visible teeth", "lips clamped shut"),
    ("a broad toothy grin", "mouth corners turned downwards"),
    ("cheerful smiling mouth", "pursed lips"),
)
"""What is there, and what is not, in words that no reader was taught."""
PURPOSE = "a test of phrases, on an astronaut's portrait"


@pytest.fixture(scope="module")
def answers(photo, assets_cache):
    said = tuple(phrase for pair in PAIRS for phrase in pair)
    assert not {wording for each in TAUGHT for wording in each.wordings} & set(said)
    (face, *_) = mien.read(photo, ask=said, purpose=PURPOSE, cache=assets_cache)
    assert set(face.answers) == set(said)
    return face.answers


@pytest.mark.parametrize(("there", "missing"), PAIRS)
def test_what_is_there_is_likelier_than_what_is_not(answers, there, missing):
    assert 0.0 < answers[missing] < answers[there] < 1.0


def test_taught_phrases_need_no_encoder_and_others_name_it(photo, assets_cache, tmp_path):
    taught = {wording for each in TAUGHT for wording in each.wordings}
    assert taught <= set(Model(default_bundle()).known_texts)
    bare = folder_of("face-landmarker", cache=tmp_path)
    bare.parent.mkdir(parents=True)
    bare.symlink_to(folder_of("face-landmarker", cache=assets_cache))
    (face, *_) = mien.read(photo, ask=("a toothy smile", "no smile"), cache=tmp_path)
    assert face.answers["a toothy smile"] > face.answers["no smile"]
    with pytest.raises(MienError, match="mien assets fetch ask"):
        mien.read(photo, ask=("a grin to remember",), cache=tmp_path)
