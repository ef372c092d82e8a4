"""Releases: parts made one after the other, resumed, named in lab.json, compared with a record."""

import json
from dataclasses import replace

import pytest

from mien.errors import MienError
from mien.lab.corpus.frozen import read_record, settings, verdicts, write_record
from mien.lab.corpus.release import LAB_FILE, SIZES, Release, ReleasePart, make_release
from mien.lab.interview import Interview
from mien.lab.lab_1 import lab_1
from mien.lab.wild import Wild

TINY = Release(
    name="lab-0",
    size="small",
    pixels=24,
    parts=(
        ReleasePart(
            name="interview", scenario=Interview(subjects=1, frames=1, seconds=4.0), seed=0
        ),
        ReleasePart(name="wild-held-out", scenario=Wild(people=2, pool="test"), seed=1),
    ),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_release(TINY, tmp_path_factory.mktemp("release") / "lab", jobs=1)


def test_every_part_is_a_store_and_lab_json_says_what_it_holds(made):
    assert made.finished
    assert made.frames == made.planned == TINY.frames == 10
    said = json.loads((made.path / LAB_FILE).read_text())
    assert (said["release"], said["size"], said["pixels"]) == ("lab-0", "small", 24)
    assert said["parts"] == {name: vars(each) for name, each in made.contents.items()}
    assert made.contents["interview"].frames == 8


def test_a_stopped_release_goes_on_to_the_same_contents(made, tmp_path):
    stopped = make_release(TINY, tmp_path / "lab", jobs=1, max_seconds=0.0)
    assert not stopped.finished
    assert stopped.contents == {}
    told = []
    first = make_release(
        TINY, tmp_path / "lab", only=("wild-held-out",), jobs=1,
        progress=lambda done, planned: told.append((done, planned)),
    )  # fmt: skip
    assert list(first.contents) == ["wild-held-out"]
    assert told[-1] == (2, 2)
    again = make_release(TINY, tmp_path / "lab", jobs=1)
    assert again.contents == made.contents
    assert set(json.loads((tmp_path / "lab" / LAB_FILE).read_text())["parts"]) == set(made.contents)


def test_pictures_and_labels_have_digests_of_their_own(made, tmp_path):
    other = replace(TINY, pixels=25)
    changed = make_release(other, tmp_path / "other", jobs=1).contents
    assert changed["interview"].labels == made.contents["interview"].labels
    assert changed["interview"].pictures != made.contents["interview"].pictures
    reseeded = replace(TINY, parts=(replace(TINY.parts[0], seed=5),))
    fresh = make_release(reseeded, tmp_path / "fresh", jobs=1).contents
    assert fresh["interview"].labels != made.contents["interview"].labels


def test_a_folder_of_another_release_is_refused(made):
    with pytest.raises(MienError, match="another release"):
        make_release(replace(TINY, size="large"), made.path)
    with pytest.raises(MienError, match="interview, wild-held-out"):
        make_release(TINY, made.path, only=("talking",))


def test_a_record_is_written_once_and_judges_copies(made, tmp_path):
    found = made.contents
    assert set(verdicts(TINY, found, folder=tmp_path).values()) == {"not frozen yet"}
    releases = {size: replace(TINY, size=size) for size in SIZES}
    write_record(releases, {"small": found}, commit="abc", folder=tmp_path)
    record = read_record("lab-0", folder=tmp_path)
    assert record["sizes"]["small"]["settings"] == settings(TINY)
    assert record["commit"] == "abc"
    assert set(verdicts(TINY, found, folder=tmp_path).values()) == {"as frozen, to the last bit"}
    other = {"interview": replace(found["interview"], pictures="0")}
    assert "pictures differ" in verdicts(TINY, other, folder=tmp_path)["interview"]
    wrong = {"interview": replace(found["interview"], labels="0")}
    assert "labels differ" in verdicts(TINY, wrong, folder=tmp_path)["interview"]
    assert "nobody recorded" in verdicts(releases["large"], found, folder=tmp_path)["interview"]
    with pytest.raises(MienError, match="new number"):
        write_record(releases, {}, commit="abc", folder=tmp_path)


@pytest.mark.parametrize("size", SIZES)
def test_lab_1_keeps_training_and_testing_apart(size):
    release = lab_1(size)
    assert release.size == size
    names = [part.name for part in release.parts]
    shown = [name for name in names if not name.endswith("-held-out")]
    assert shown == ["interview", "wild", "talking", "units"]
    assert names == [*shown, *(f"{name}-held-out" for name in shown)]
    for part in release.parts:
        held = part.name.endswith("-held-out")
        assert (part.scenario.pool, part.seed) == (("test", 1) if held else ("train", 0))


def test_lab_1_small_is_small():
    assert lab_1("small").frames < 15_000
    assert lab_1("small").part("interview").frames == 36 * 8 * 20
