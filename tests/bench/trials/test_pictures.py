"""The documentation's pictures: who is on them, in what order, and what is left out."""

from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from engine import tiny
from engine.conftest import write_store
from mien.bench.trials import pictures
from mien.bench.trials.pictures import (
    SIDE,
    activity_sheet,
    enlarged,
    first_of_each,
    phrase_sheet,
    retrieval_sheet,
    tuple_sheet,
)
from mien.cli.main import main
from mien.data.store import Store
from mien.engine.ask import Asker
from mien.engine.folder import read_split
from mien.engine.retrieve import Retrieved
from mien.engine.train import train
from mien.errors import MienError
from mien.lab.corpus.make import make
from mien.lab.interview import Interview
from mien.models.small64 import Small64

LOOK = Small64(size=64, channels=(8, 8, 8, 16, 16))


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("pictures") / "noise")


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """One person in eight clips of 12 s, four frames of each."""
    path = tmp_path_factory.mktemp("pictures") / "lab"
    make(Interview(subjects=1, frames=4, seconds=12.0), path, size=32, jobs=1)
    return path


def holds(sheet, image) -> bool:
    """Whether a face, enlarged, lies somewhere on a sheet."""
    face = enlarged(image)
    places = np.argwhere((sheet[: -SIDE + 1, : -SIDE + 1] == face[0, 0]).all(axis=2))
    return any(np.array_equal(sheet[y : y + SIDE, x : x + SIDE], face) for y, x in places)


def test_of_each_person_the_first():
    subjects = np.array(["a", "b", "a", "c", "b"], dtype=object)
    assert first_of_each(np.array([4, 2, 0, 1, 3]), subjects) == [4, 2, 3]


def test_activities_show_each_person_at_its_strongest(noise, tmp_path):
    with closing(Store(noise)) as store:
        sheet = activity_sheet(store, activities=2, people=3)
        marks, subjects = store.column("activity"), store.column("subject")
        frames = np.array(store.column("frame"), np.int64)
        mine = np.flatnonzero((marks == "T1") & (subjects == "S00"))
        assert sorted(frames[mine].tolist()) == [0, 1, 2]
        shown = [holds(sheet, store.images(np.array([row]))[0]) for row in mine]
        assert sum(shown) <= 1  # one frame of a person, if the person is among the three
        assert activity_sheet(store, activities=9, people=3).shape[0] > sheet.shape[0]
        other = sheet.shape
        assert other[1] == 3 * (SIDE + 4) + 4
    with (
        closing(Store(write_lone(tmp_path / "lone"))) as store,
        pytest.raises(MienError, match="no activity of BP4D"),
    ):
        activity_sheet(store)


def write_lone(path):
    from mien.data.writer import StoreWriter

    with StoreWriter(path) as writer:
        writer.add(np.zeros((36, 36, 3), np.uint8), subject="S0")
    return path


def test_phrases_show_the_nearest_face_of_test_people(noise, tmp_path):
    run = tmp_path / "run"
    train(tiny.finetune(steps=1), run, store=noise)
    with closing(Store(noise)) as store:
        sheet = phrase_sheet(run, store, phrases=("a smile",), people=2)
        tested = read_split(run)["subjects"]["test"]
        rows = np.flatnonzero(np.isin(store.column("subject").astype(str), tested))
        cosine = Asker(run).rows(store, rows, ("a smile",)).cosine[:, 0]
        assert holds(sheet, store.images(rows[[cosine.argmax()]])[0])
        assert not holds(sheet, store.images(rows[[cosine.argmin()]])[0])


def test_retrieval_shows_the_asked_and_the_sources():
    images = np.random.default_rng(0).integers(0, 255, (3, 40, 40, 3)).astype(np.uint8)
    found = Retrieved(
        row=0, subject="a", image=images[0], sources=np.array([1, 2]), subjects=("b", "c"),
        images=images[1:], weights=np.array([0.6, 0.4], np.float32),
    )  # fmt: skip
    sheet = retrieval_sheet([found])
    assert all(holds(sheet, image) for image in images)
    assert retrieval_sheet([found, replace(found, row=1)]).shape[0] > sheet.shape[0]


def test_tuples_show_seven_faces_a_clip_and_no_likeness_of_its_own(clips):
    with closing(Store(clips)) as store:
        sheet = tuple_sheet(store, clips=2, descriptor=LOOK)
        assert sheet.shape[1] == 7 * (SIDE + 4) + 4
        assert np.array_equal(sheet, tuple_sheet(store, clips=2, descriptor=LOOK))
        assert not np.array_equal(sheet, tuple_sheet(store, clips=2, descriptor=LOOK, seed=1))
        assert tuple_sheet(store, clips=99, descriptor=LOOK).shape[0] > sheet.shape[0]
    images = np.zeros((4, 64, 64, 3), np.uint8)
    images[1] += 9  # like its own clip's only
    points = np.full((4, 68, 2), np.nan, np.float32)
    likest = pictures._likest(images, points, np.array([0, 0, 1, 1]), LOOK)
    assert set(likest[:2].tolist()) <= {2, 3}
    assert set(likest[2:].tolist()) <= {0, 1}


def test_the_command_leaves_out_what_is_not_finished(clips, tmp_path, monkeypatch, capsys):
    sheet = np.zeros((40, 40, 3), np.uint8)
    monkeypatch.setattr(pictures, "tuple_sheet", lambda store, *, seed: sheet)  # noqa: ARG005
    (tmp_path / "work" / "lab").mkdir(parents=True)
    for name in ("interview", "talking"):
        (tmp_path / "work" / "lab" / name).symlink_to(clips)
    out = tmp_path / "out"
    assert main(["bench", "pictures", "--work", str(tmp_path / "work"), "--out", str(out)]) == 0
    assert {each.name for each in out.iterdir()} == {"activities.jpg", "tuples.jpg"}
    said = capsys.readouterr().out
    assert "clef-r13-lab-interview-seed0 is not finished" in said
    assert "clp-full-talking-seed0 is not finished" in said
