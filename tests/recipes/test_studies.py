"""Studies: what is changed, what is not, and that every run of a list can be named."""

from dataclasses import replace

import pytest

from mien.errors import MienError
from mien.facs import EXPRESSIONS_7
from mien.metrics.unseen import CLASS_SPLITS
from mien.recipes import every, named, record
from mien.recipes.catalogue import lists
from mien.recipes.rows_lab import clef_pretrain_lab, clef_r1_lab, clef_r13_lab
from mien.recipes.studies import batch_sizes, label_fractions, temperatures

LISTS = lists()


@pytest.mark.parametrize("title", LISTS)
def test_every_run_of_a_list_has_a_name_of_its_own(title, tmp_path):
    runs = LISTS[title]
    assert len(runs) > 1
    for run in runs:
        assert named(run.name) == run
        record.write(tmp_path / "run.json", run)
        assert record.read(tmp_path / "run.json") == run
        if run.init is not None:
            assert named(run.init.removeprefix("runs/")).name == run.init.removeprefix("runs/")


def test_a_name_means_one_run():
    meant = {name: recipe() for name, recipe in every().items()}
    for runs in LISTS.values():
        assert len({run.name for run in runs}) == len(runs)
        for run in runs:
            assert meant.setdefault(run.name, run) == run


def test_batches_of_any_size_see_as_many_images():
    run = clef_pretrain_lab()
    found = batch_sizes(run, (16, 32, 128))
    assert [(each.batch, each.steps) for each in found] == [(16, 1200), (32, 600), (128, 150)]
    assert found[0].name == "clef-pretrain-lab-batch-16"
    alike = batch_sizes(run, (16, 128), equal="steps")
    assert [each.steps for each in alike] == [run.steps, run.steps]
    for each in found:
        assert replace(each, name=run.name, batch=run.batch, steps=run.steps) == run
    assert batch_sizes(run, (10**6,))[0].steps == 1
    with pytest.raises(MienError, match="epochs"):
        batch_sizes(replace(run, steps=None, epochs=2), (16,))


def test_temperatures():
    run = clef_pretrain_lab()
    found = temperatures(run, (0.02, 0.5))
    assert [each.method.temperature for each in found] == [0.02, 0.5]
    assert found[1].name == "clef-pretrain-lab-temperature-0.5"
    with pytest.raises(MienError, match="no temperature"):
        temperatures(clef_r1_lab(), (0.1,))


def test_label_fractions():
    found = label_fractions(clef_r13_lab())
    assert [each.data.label_share for each in found] == [0.01, 0.1, 1.0]
    assert [each.name for each in found] == [
        "clef-r13-lab-labels-1",
        "clef-r13-lab-labels-10",
        "clef-r13-lab-labels-100",
    ]
    assert replace(found[2], name="clef-r13-lab") == clef_r13_lab()


def test_a_variant_of_stage_one_comes_with_its_stage_two():
    runs = LISTS["batch-size-study"]
    for first, last in zip(runs[::2], runs[1::2], strict=True):
        assert last.init == f"runs/{first.name}"
        tag = first.name.removeprefix("clef-pretrain-lab")
        assert last.name == f"clef-r13-lab{tag}"
        assert replace(last, name="clef-r13-lab", init=clef_r13_lab().init) == clef_r13_lab()


def test_lists_change_what_they_say():
    default = clef_r13_lab()
    for title in ("form-study", "prompting-study", "intensity-study"):
        methods = [run.method for run in LISTS[title]]
        assert len({default.method, *methods}) == len(methods) + 1
        assert all(
            replace(run, name="x", method=default.method) == replace(default, name="x")
            for run in LISTS[title]
        )
    assert {run.method.pairing for run in LISTS["pairing-study"][::2]} == {"instance", "activity"}


def test_class_splits_are_complete_and_each_emotion_is_unseen_once():
    for split in CLASS_SPLITS.values():
        assert sorted(split.seen + split.unseen) == sorted(EXPRESSIONS_7)
        assert "neutral" in split.seen
        assert len(split.unseen) == 3
    unseen = {name for split in CLASS_SPLITS.values() for name in split.unseen}
    assert unseen == set(EXPRESSIONS_7) - {"neutral"}


@pytest.mark.parametrize("name", ["clef-seen-a-lab", "clef-seen-a-simclr-lab"])
def test_unseen_expressions_have_no_label_and_units_tell_nothing(name):
    run = named(name)
    assert run.method.expressions == CLASS_SPLITS["a"].seen
    assert set(run.method.labels) == {"expression"}


def test_unit_runs_know_no_expression():
    for name in ("clef-units-lab", "clef-units-simclr-lab"):
        assert set(named(name).method.labels) == {"au"}


def test_no_such_run_names_the_lists():
    with pytest.raises(MienError, match="no recipe") as caught:
        named("clef-r13-lab-batch-17")
    assert "--lists" in (caught.value.remedy or "")


@pytest.mark.parametrize(
    "changes",
    [{"label_share": 0.0}, {"label_share": 1.5}, {"label_share": 0.5, "label_subjects": 2}],
)
def test_shares_that_cannot_be_meant_are_refused(changes):
    with pytest.raises(MienError, match="share"):
        replace(clef_r13_lab().data, **changes)
