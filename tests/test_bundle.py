"""The exported model's folder: round trip, and a clear message for everything that can be wrong."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import bundle
from mien.bundle import Bundle
from mien.errors import MienError

SAMPLE = Bundle(
    name="clef-demo",
    size=112,
    template="mien-1",
    template_digest="ab" * 32,
    aus=(1, 2, 12),
    thresholds=(0.5, 0.25, 1.0),
    outputs=("au", "expression"),
    expressions=("neutral", "happiness"),
    run_digest="cd" * 32,
    mien_version="0.1.0",
    licence="Apache-2.0",
    statement="Trained on rendered faces; not for decisions about people. Grüße",
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    bundle.write(tmp_path / "model", SAMPLE, b"onnx bytes")
    return tmp_path / "model"


def change(folder: Path, **entries: object) -> None:
    manifest = folder / bundle.MANIFEST_FILE
    loaded = json.loads(manifest.read_text(encoding="utf-8")) | entries
    kept = {key: value for key, value in loaded.items() if value is not ...}
    manifest.write_text(json.dumps(kept), encoding="utf-8")


def test_round_trip(written: Path) -> None:
    read = bundle.read(written)
    assert read == replace(SAMPLE, model_sha256=hashlib.sha256(b"onnx bytes").hexdigest())
    assert (written / bundle.MODEL_FILE).read_bytes() == b"onnx bytes"
    assert sorted(each.name for each in written.iterdir()) == ["bundle.json", "model.onnx"]


def test_write_takes_a_file_and_returns_what_it_wrote(tmp_path: Path) -> None:
    source = tmp_path / "net.onnx"
    source.write_bytes(b"net")
    done = bundle.write(str(tmp_path / "out"), SAMPLE, source)
    assert done == bundle.read(str(tmp_path / "out"))
    assert done.model_sha256 == bundle.digest(source)


def test_write_refuses_what_exists_or_is_missing(written: Path, tmp_path: Path) -> None:
    with pytest.raises(MienError, match="already exists"):
        bundle.write(written, SAMPLE, b"")
    with pytest.raises(MienError, match="no such model file"):
        bundle.write(tmp_path / "new", SAMPLE, tmp_path / "none.onnx")
    assert not (tmp_path / "new").exists()


def test_changed_model_is_refused_unless_unchecked(written: Path) -> None:
    (written / bundle.MODEL_FILE).write_bytes(b"other")
    with pytest.raises(MienError, match="SHA-256") as caught:
        bundle.read(written)
    assert caught.value.path == str(written / bundle.MODEL_FILE)
    assert bundle.read(written, check=False).name == "clef-demo"


def test_missing_files(written: Path, tmp_path: Path) -> None:
    (written / bundle.MODEL_FILE).unlink()
    with pytest.raises(MienError, match=r"no model\.onnx"):
        bundle.read(written)
    with pytest.raises(MienError, match="no exported model"):
        bundle.read(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1]", b"3", b'"text"'])
def test_manifest_that_is_no_json_object(written: Path, content: bytes) -> None:
    (written / bundle.MANIFEST_FILE).write_bytes(content)
    with pytest.raises(MienError, match="JSON"):
        bundle.read(written)


def test_formats(written: Path) -> None:
    change(written, format=3)
    with pytest.raises(MienError, match="upgrade mien"):
        bundle.read(written)
    for other in (0, "1", None, ...):
        change(written, format=other)
        with pytest.raises(MienError, match="export the run again"):
            bundle.read(written)


def test_the_first_format_is_still_read(written: Path) -> None:
    late = {"geometry": ..., "embedding": ..., "text": ..., "files": ...}
    change(written, format=1, **late)
    found = bundle.read(written)
    assert (found.geometry, found.embedding, found.text, found.files) == ("", 0, "", ())
    assert not found.can_ask
    change(written, format=1, geometry="x")
    with pytest.raises(MienError, match="unknown geometry"):
        bundle.read(written)


def test_further_files_are_written_listed_and_checked(tmp_path: Path) -> None:
    asked = replace(SAMPLE, embedding=4, text="encoder")
    further = {"card.md": b"# card", bundle.ASK_FILE: b"net"}
    done = bundle.write(tmp_path / "m", asked, b"x", files=further)
    found = bundle.read(tmp_path / "m")
    assert found == done
    assert found.can_ask
    assert bundle.listed(found) == {n: hashlib.sha256(c).hexdigest() for n, c in further.items()}
    (tmp_path / "m" / "card.md").write_bytes(b"other")
    with pytest.raises(MienError, match="SHA-256"):
        bundle.read(tmp_path / "m")
    (tmp_path / "m" / "card.md").unlink()
    with pytest.raises(MienError, match=r"no card\.md"):
        bundle.read(tmp_path / "m")


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"aus": ...}, "lacks aus"),
        ({"surprise": 1, "name": ...}, "lacks name and has unknown surprise"),
        ({"size": "112"}, "field size"),
        ({"size": True}, "field size"),
        ({"size": 0}, "size must be positive"),
        ({"aus": [1, 2, "12"]}, "field aus"),
        ({"aus": 3}, "field aus"),
        ({"aus": [1, 1, 12]}, "duplicates"),
        ({"thresholds": [0.5]}, "differ in length"),
        ({"thresholds": [0.5, 0.5, 2]}, "between 0 and 1"),
        ({"thresholds": [0.5, 0.5, float("nan")]}, "between 0 and 1"),
        ({"thresholds": "high"}, "field thresholds"),
        ({"outputs": ["au", "expression", "embedding"]}, "may only be"),
        ({"outputs": []}, "outputs is empty"),
        ({"outputs": ["au", "au", "expression"]}, "duplicates"),
        ({"outputs": ["au"]}, "expressions and the output"),
        ({"outputs": ["expression"]}, "aus and the outputs"),
        ({"expressions": ["a", "a"]}, "duplicates"),
        ({"name": None}, "field name"),
        ({"statement": ["x"]}, "field statement"),
        ({"embedding": -1}, "must not be negative"),
        ({"embedding": 1.5}, "field embedding"),
        ({"text": "encoder"}, "text needs an embedding"),
        ({"files": ["card.md"]}, "NAME SHA256"),
        ({"files": [f"../card.md {'0' * 64}"]}, "NAME SHA256"),
    ],
)
def test_manifest_that_does_not_fit(written: Path, entries: dict, message: str) -> None:
    change(written, **entries)
    with pytest.raises(MienError, match=message) as caught:
        bundle.read(written)
    assert caught.value.path == str(written / bundle.MANIFEST_FILE)
    assert caught.value.remedy


def test_whole_thresholds_become_floats(written: Path) -> None:
    change(written, thresholds=[0, 1, 0.5])
    assert bundle.read(written).thresholds == (0.0, 1.0, 0.5)


def test_bundle_checks_itself() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        replace(SAMPLE, thresholds=(0.5,))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
        max_leaves=6,
    ),
    st.sampled_from(sorted(Bundle.__dataclass_fields__)),
)
def test_any_value_is_read_or_refused_clearly(
    tmp_path_factory: pytest.TempPathFactory, value: object, key: str
) -> None:
    folder = tmp_path_factory.mktemp("any") / "model"
    bundle.write(folder, SAMPLE, b"x")
    change(folder, **{key: value})
    try:
        bundle.read(folder)
    except MienError:
        return


def test_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(json, "dumps", full)
    with pytest.raises(OSError, match="No space"):
        bundle.write(tmp_path / "model", SAMPLE, b"x")
    assert list(tmp_path.iterdir()) == []
