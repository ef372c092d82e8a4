"""The evaluation and demo reports say what the numbers hold, and no more."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from mien.report.demo import Demo, demo_page
from mien.report.evaluation import evaluation_page
from mien.report.page import Table, Text, render
from mien.report.results import values_of, verdict
from mien.report.wording import figure_text, interval_text, with_interval
from report import sample


def table(section: object) -> Table:
    return next(block for block in section.blocks if isinstance(block, Table))


def test_sample_is_plain_json() -> None:
    metrics = sample.metrics()
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    assert metrics["results"]["last"]["au"]["auc"]["undefined"] == {"14": "never occurs"}


def test_evaluation_has_a_section_for_each_block() -> None:
    metrics = sample.metrics()
    page = evaluation_page(metrics)
    assert [each.title for each in page.sections] == [
        *("At a glance", "Action units", "Intensity", "Expressions", "Valence and arousal"),
    ]
    for block in ("intensity", "expression", "affect"):
        del metrics["results"]["last"][block]
    del metrics["results"]["chosen"]
    assert [each.title for each in evaluation_page(metrics).sections] == [
        *("At a glance", "Action units"),
    ]
    render(evaluation_page(metrics))


def test_unit_table_holds_the_numbers() -> None:
    metrics = sample.metrics()
    result = metrics["results"]["last"]["au"]
    rows = table(evaluation_page(metrics).sections[1]).rows
    assert len(rows) == 13
    assert rows[0][0] == "AU1 inner brow raiser"
    assert rows[0][3] == f"{result['f1']['values'][0]:.3f}"
    assert rows[7][5] == "\u2013"
    assert rows[-1][3] == f"{result['f1']['mean']:.3f}"


def test_undefined_scores_are_named() -> None:
    blocks = evaluation_page(sample.metrics()).sections[1].blocks
    notes = [each for each in blocks if isinstance(each, Text)]
    assert "AUC, AU14: never occurs." in notes[0].paragraphs[0]
    assert notes[1].paragraphs[0].endswith("counts: AU14.")


def test_metrics_without_intervals_or_with_nothing_defined() -> None:
    metrics = sample.metrics()
    f1 = metrics["results"]["last"]["au"]["f1"]
    for key in ("low", "high", "mean_low", "mean_high"):
        f1[key] = [None] * 12 if key in ("low", "high") else None
    f1["values"], f1["mean"], f1["defined"] = [None] * 12, None, 0
    f1["undefined"] = {
        str(au): "no known label" for au in metrics["results"]["last"]["au"]["labels"]
    }
    assert "no known label" in render(evaluation_page(metrics))


def test_figures_in_words() -> None:
    assert figure_text(None) == "\u2013"
    assert figure_text(-0.5) == "\u22120.500"
    assert figure_text(0.12345, digits=1) == "0.1"
    column = {"mean": 0.5, "mean_low": 0.4, "mean_high": 0.6}
    assert with_interval(column) == "0.500 [0.400, 0.600]"
    assert interval_text({"mean": 0.5}) == ""
    assert with_interval({"mean": 0.5}) == "0.500"


def rows(**scores: list[float | None]) -> list[dict]:
    return [
        {"name": name.replace("_", "-"), "seed": seed, "au_f1": value}
        for name, values in scores.items()
        for seed, value in enumerate(values)
    ]


def test_verdict_of_one_seed_claims_nothing() -> None:
    said = verdict(rows(clef=[0.6], image_only=[0.5]))
    assert "clef is 0.100 above image-only at the one seed" in said
    assert "One seed cannot tell" in said
    assert "image-only is 0.100 above clef" in verdict(rows(clef=[0.5], image_only=[0.6]))


def test_verdict_weighs_the_gap_against_the_spread() -> None:
    clear = verdict(rows(clef=[0.60, 0.62, 0.61], image_only=[0.50, 0.52, 0.51]))
    assert "+0.100 on average over 3 seeds (+0.100, +0.100, +0.100)" in clear
    assert "more than the spread between seeds of 0.010" in clear
    assert "not more" not in clear
    vague = verdict(rows(clef=[0.60, 0.40, 0.50], image_only=[0.50, 0.45, 0.52]))
    assert "not more than the spread" in vague
    behind = verdict(rows(clef=[0.40, 0.41], image_only=[0.50, 0.51]))
    assert "clef minus image-only is -0.100" in behind


def test_verdict_uses_common_seeds_with_known_scores() -> None:
    said = verdict(rows(clef=[0.6, None, 0.7], image_only=[0.5, 0.5]))
    assert "one seed" in said
    assert "no seed in common" in verdict(rows(clef=[0.6]))
    assert values_of(rows(clef=[0.6, None]), "clef", "au_f1") == {0: 0.6}


@pytest.mark.parametrize("seeds", [1, 3])
def test_demo_results_table(seeds: int) -> None:
    demo = sample.demo(seeds=seeds)
    section = next(s for s in demo_page(demo).sections if s.title == "Results")
    shown = table(section)
    assert [row[0] for row in shown.rows] == ["clef", "clef-no-stage1", "image-only"]
    values = [row["au_f1"] for row in demo.rows if row["name"] == "clef"]
    assert shown.rows[0][1].startswith(f"{np.mean(values):.3f}")
    assert ("±" in shown.rows[0][1]) == (seeds > 1)
    assert ("[" in shown.rows[0][1]) == (seeds == 1)
    notes = next(b for b in section.blocks if isinstance(b, Text) and b.kind == "note")
    assert ("mien demo --seeds 3" in " ".join(notes.paragraphs)) == (seeds < 3)


def test_demo_of_results_alone() -> None:
    page = demo_page(Demo(rows=sample.rows(seeds=1)))
    assert [each.title for each in page.sections] == ["In short", "Results"]
    render(page)


def test_demo_with_missing_scores_and_an_unknown_run() -> None:
    odd = [{"name": "mine", "seed": 0, "au_f1": None, "au_auc": math.pi / 4}]
    page = demo_page(Demo(rows=odd))
    assert table(page.sections[-1]).rows == (("mine", "\u2013", "0.785", "\u2013"),)
    render(page)


def test_demo_time_adds_up() -> None:
    page = demo_page(replace(sample.demo(), steps=[("a", "b", 59.0), ("c", "d", 61.4)]))
    steps = table(next(s for s in page.sections if s.title == "What happened"))
    assert [row[2] for row in steps.rows] == ["59.0 s", "1 min 01 s", "2 min 00 s"]
