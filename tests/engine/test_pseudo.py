"""Clusters of clips as activities: what is looked at, who is left out, stage 1 on top."""

from dataclasses import replace

import numpy as np
import pytest

from engine import tiny
from engine.conftest import write_store
from mien.cli.main import main
from mien.data.store import Store
from mien.data.writer import StoreWriter
from mien.engine import folder
from mien.engine.plan import prepare
from mien.engine.pseudo import Grouping, clip_points, pseudo_activities, spread_frames
from mien.engine.train import train
from mien.errors import MienError
from mien.recipes import named

HOW = Grouping(clusters=3, frames=2, backbone=tiny.BACKBONE, plan=tiny.PLAN)


def ints(*values):
    return np.array(values, np.int64)


def test_frames_are_spread_over_the_clip():
    clip = ints(0, 0, 0, 0, 0, 0, 1, -1, 1, 2)
    frame = ints(5, 4, 3, 2, 1, 0, 7, 0, 6, 0)
    rows = ints(0, 1, 2, 3, 4, 5, 6, 7, 8)  # clip 2 may not be looked at
    assert spread_frames(clip, frame, rows, 2).tolist() == [4, 1, 8, 6]
    assert spread_frames(clip, frame, rows, 1).tolist() == [2, 6]
    assert spread_frames(clip, frame, rows, 9).tolist() == [5, 4, 3, 2, 1, 0, 8, 6]
    assert spread_frames(clip, frame, rows[:0], 2).tolist() == []


def test_points_are_means_of_clips_less_those_of_people():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(8, 3)).astype(np.float32)
    clip, subject = ints(4, 4, 6, 6, 9, 9, 9, 11), ints(0, 0, 0, 0, 1, 1, 1, 1)
    means = {c: features[clip == c].mean(0) for c in (4, 6, 9, 11)}
    clips, points, people = clip_points(features, clip, subject, centre="person")
    assert clips.tolist() == [4, 6, 9, 11]
    assert people.tolist() == [0, 0, 1, 1]
    wanted = [means[4] - means[6], means[6] - means[4], means[9] - means[11], means[11] - means[9]]
    wanted = [each / np.linalg.norm(each) for each in wanted]
    np.testing.assert_allclose(points, wanted, rtol=1e-5)
    _, plain, _ = clip_points(features, clip, subject, centre="nothing")
    np.testing.assert_allclose(plain, [means[c] / np.linalg.norm(means[c]) for c in clips])


def test_who_people_are_is_taken_off():
    """Two people who do the same two things: by themselves, groups of people would be found."""
    person = np.array([[50.0, 0.0], [-50.0, 0.0]])
    deed = np.array([[0.0, 1.0], [0.0, -1.0]])
    features = np.array([person[p] + deed[d] for p in (0, 1) for d in (0, 1)], np.float32)
    clip, subject = ints(0, 1, 2, 3), ints(0, 0, 1, 1)
    _, points, _ = clip_points(features, clip, subject, centre="person")
    np.testing.assert_allclose(points, [deed[0], deed[1], deed[0], deed[1]], atol=1e-6)


def test_a_person_with_one_clip_has_no_group():
    features = np.eye(3, dtype=np.float32)
    clips, _, _ = clip_points(features, ints(0, 1, 2), ints(0, 0, 1), centre="person")
    assert clips.tolist() == [0, 1]
    with pytest.raises(MienError, match="two clips"):
        clip_points(features, ints(0, 1, 2), ints(0, 1, 2), centre="person")


def test_training_people_alone_get_activities(store, tmp_path):
    found = pseudo_activities(store, tmp_path / "pseudo", grouping=HOW)
    new, old = Store(found.store), Store(store)
    data = prepare(tiny.supervised(), old)
    marks, subjects = new.column("activity"), old.column("subject")
    assert set(subjects[marks != ""]) == set(data.split.train)
    assert set(marks) == {"", *found.names}
    clips = old.column("clip")
    for clip in set(clips[marks != ""]):
        assert len(set(marks[clips == clip])) == 1
    counted = [len(set(clips[marks == name])) for name in found.names]
    assert counted == list(found.clips) == sorted(found.clips, reverse=True)
    assert found.people == tuple(len(set(subjects[marks == name])) for name in found.names)
    assert sum(found.clips) + found.left_out == len(set(clips))
    again = pseudo_activities(store, tmp_path / "again", grouping=HOW)
    assert Store(again.store).digest == new.digest
    other = pseudo_activities(store, tmp_path / "seed", grouping=replace(HOW, seed=1))
    assert other.names == found.names


def test_stage_one_learns_from_groups_and_stage_two_goes_on(store, tmp_path):
    pseudo = pseudo_activities(store, tmp_path / "pseudo", grouping=HOW).store
    run = named("clef-pretrain-pseudo-lab")
    method = replace(run.method, text=tiny.TEXT, joint=16)
    run = replace(run, method=method, backbone=tiny.BACKBONE, steps=2, batch=8)
    assert train(run, tmp_path / "one", store=pseudo).status == "finished"
    data = prepare(run, Store(pseudo))
    assert data.parts["train"].targets.activities == ("cluster-00", "cluster-01", "cluster-02")
    assert (data.parts["train"].targets.activity >= 0).any()
    tuned = tiny.finetune(steps=1, init=str(tmp_path / "one"))
    assert train(tuned, tmp_path / "two", store=store).status == "finished"
    leaky = replace(tuned, data=replace(tuned.data, fold=1))
    with pytest.raises(MienError, match="held out here"):  # another store, the same people
        train(leaky, tmp_path / "three", store=store)


def test_a_run_lends_its_encoder_and_its_plan(store, tmp_path):
    run = tiny.pretrain(steps=1, data=replace(tiny.pretrain().data, fold=2))
    train(run, tmp_path / "run", store=store)
    found = pseudo_activities(store, tmp_path / "a", grouping=HOW, run_folder=tmp_path / "run")
    marks, subjects = Store(found.store).column("activity"), Store(store).column("subject")
    people = folder.read_split(tmp_path / "run")["subjects"]
    assert set(subjects[marks != ""]) == set(people["train"])
    assert Store(found.store).facts.created["pseudo_activities"]["run"] == "run"


def test_groups_that_cannot_be_made_are_refused(store, tmp_path):
    with pytest.raises(MienError, match="different points"):
        pseudo_activities(store, tmp_path / "x", grouping=replace(HOW, clusters=99))
    with pytest.raises(MienError, match="1 clusters"):
        Grouping(clusters=1)
    with StoreWriter(tmp_path / "noclips") as writer:
        for row in range(9):
            image = np.full((36, 36, 3), 20 * row, np.uint8)
            writer.add(image, subject=f"S{row}")
    with pytest.raises(MienError, match="two clips"):
        pseudo_activities(tmp_path / "noclips", tmp_path / "x", grouping=HOW)
    assert not (tmp_path / "x").exists()


def test_command(tmp_path, capsys):
    store = write_store(tmp_path / "store")
    train(tiny.pretrain(steps=1), tmp_path / "run", store=store)
    words = ["data", "pseudo", str(store), "--out", str(tmp_path / "new"), "--clusters", "2"]
    assert main([*words, "--run", str(tmp_path / "run")]) == 0
    shown = capsys.readouterr().out
    assert "cluster-01" in shown
    assert "clips have none" in shown
