"""Word pieces against the library that defines them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.assets.cached import folder_of
from mien.errors import MienError
from mien.text.pieces import Pieces

SAMPLES = (
    "eyes wide open",
    "Mouth STRETCHED, wide-open; crow's feet!",
    "naïve Café — l'œil fermé",
    "  tabs\tand\nlines ",
    "笑い smile 口",
    "unbelievablyunsegmentableword " + "x" * 120,
    "",
    "a\u0000b\ufffdc\u200bd",
    "100% €5 ^ ` | ~",
)


@pytest.fixture(scope="module")
def both(assets_cache: Path):
    tokenizers = pytest.importorskip("tokenizers")
    path = folder_of("bge-small-int8", cache=assets_cache) / "tokenizer.json"
    return Pieces(path), tokenizers.Tokenizer.from_file(str(path))


@pytest.mark.parametrize("text", SAMPLES)
def test_pieces_are_the_librarys(both, text):
    ours, theirs = both
    assert ours.numbers(text, longest=10**6) == theirs.encode(text).ids


@given(text=st.text(st.characters(max_codepoint=0x24F), max_size=30))
def test_any_latin_text_is_cut_alike(both, text):
    ours, theirs = both
    assert ours.numbers(text, longest=10**6) == theirs.encode(text).ids


def test_long_texts_are_cut_off_between_the_marks(both):
    ours, _ = both
    found = ours.numbers("smile " * 300, longest=16)
    assert len(found) == 16
    assert (found[0], found[-1]) == (101, 102)


@pytest.mark.parametrize("content", ["", "{", '{"model": {}}', '{"model": {"vocab": {"a": 1}}}'])
def test_a_damaged_vocabulary_is_told(tmp_path, content):
    (tmp_path / "t.json").write_text(content)
    with pytest.raises(MienError, match="vocabulary"):
        Pieces(tmp_path / "t.json")


def test_a_small_vocabulary_shows_the_rules(tmp_path):
    names = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "smi", "##le", "##s", "smile", "!"]
    vocab = {name: number for number, name in enumerate(names)}
    (tmp_path / "t.json").write_text(json.dumps({"model": {"vocab": vocab}}))
    pieces = Pieces(tmp_path / "t.json")
    assert pieces.numbers("Smiles! grin") == [1, 7, 6, 8, 0, 2]
    assert pieces.padding == 3
