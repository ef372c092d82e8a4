"""From `metrics.json` to a page.

The structure of `metrics.json`, format 1. Numbers are plain JSON; null stands for undefined or not
computed. Entries marked * may be absent.

    format            1
    name              name of the run, such as "clef"
    seed              integer
    mien_version      version that made it
    store             {name, digest}: the data scored
    protocol          {kind, name, subjects: {train, validation, test},
                       rows: {train, validation, test}}; lists of names, and counts
    bootstrap         {unit: "subject", draws, seed, level}
    headline          {au_f1, au_auc, expression_uar} of results.last
    results           {last: RESULT, chosen*: RESULT}: after the last step; at the step that
                      validation chose

    RESULT            {step, epoch*, chosen_by*, au*, intensity*, expression*, affect*}
    au                {labels: [1, 2, …], support: {positive, negative, unknown}: counts per unit,
                       threshold: 0.5, f1: COLUMN, auc: COLUMN,
                       thresholds_chosen*: per unit, f1_chosen*: COLUMN,
                       calibration: {error, edges, score, rate, count}}
    intensity, affect {labels, support: counts, icc, pcc, ccc, mae, mse, rmse: COLUMN each}
    expression        {labels: names, accuracy, kappa, recall: COLUMN (its mean is the UAR),
                       f1: COLUMN (its mean is macro-F1), confusion: rows true, columns predicted}

    COLUMN            {values: per label, mean, defined: labels in the mean,
                       undefined: {label: reason}, low*, high*: per label, mean_low*, mean_high*,
                       incomplete_draws*: draws in which a label was undefined}

`mien.metrics.blocks` makes the blocks; the documentation has the same page.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mien.report import plots
from mien.report.images import Picture
from mien.report.page import Block, Facts, Figure, Page, Row, Section, Table, Tile, Tiles
from mien.report.sections import (
    EmbeddingMap,
    agreement_section,
    embedding_blocks,
    expression_section,
    face_blocks,
    unit_section,
)
from mien.report.wording import figure_text, interval_text, with_interval


def evaluation_page(
    metrics: Mapping[str, Any],
    *,
    curves: Mapping[str, Sequence[plots.Curve]] | None = None,
    embedding: EmbeddingMap | None = None,
    best: Sequence[Picture] = (),
    worst: Sequence[Picture] = (),
) -> Page:
    """The report of one evaluated run.

    Args:
        metrics: the content of `metrics.json`.
        curves: training curves by chart title, such as {"loss": [...]}.
        embedding: test samples on a plane.
        best: faces read best, with captions.
        worst: faces read worst.
    """
    last = metrics["results"]["last"]
    sections = [_overview(metrics)]
    if "au" in last:
        sections.append(unit_section(metrics))
    if "intensity" in last:
        sections.append(agreement_section("Intensity", last["intensity"]))
    if "expression" in last:
        sections.append(expression_section(last["expression"]))
    if "affect" in last:
        sections.append(agreement_section("Valence and arousal", last["affect"]))
    if embedding is not None:
        sections.append(Section(title="Embedding", blocks=embedding_blocks(embedding)))
    if curves:
        sections.append(_curve_section(metrics, curves))
    if best or worst:
        sections.append(Section(title="Faces", blocks=face_blocks(best, worst)))
    return Page(
        title=f"Evaluation of {metrics['name']}",
        lead=_lead(metrics),
        sections=tuple(sections),
        footer=f"mien {metrics['mien_version']}, seed {metrics['seed']}, "
        f"store {metrics['store']['name']} ({str(metrics['store']['digest'])[:12]})",
    )


def _lead(metrics: Mapping[str, Any]) -> str:
    protocol = metrics["protocol"]
    sizes = {part: len(names) for part, names in protocol["subjects"].items()}
    return (
        f"{sizes['train']} subjects trained it, {sizes['validation']} chose thresholds and steps, "
        f"and {sizes['test']} others, whom it never saw, are scored here."
    )


def _overview(metrics: Mapping[str, Any]) -> Section:
    results, boot = metrics["results"], metrics["bootstrap"]
    last = results["last"]
    rows = metrics["protocol"]["rows"]
    facts = (
        ("protocol", f"{metrics['protocol']['kind']}, test part {metrics['protocol']['name']}"),
        ("test images", f"{rows['test']:,}"),
        ("result", f"after the last step ({last['step']:,}); nothing is chosen on test subjects"),
        ("intervals", f"{boot['level']:.0%}, {boot['draws']:,} draws of subjects"),
    )
    blocks: list[Block] = [Tiles(tiles=tuple(_tiles(last))), Facts(facts=facts)]
    if "chosen" in results:
        blocks.append(_chosen_table(results))
    return Section(title="At a glance", blocks=tuple(blocks))


def headline_columns(result: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The columns behind the headline of one result, by their name for people."""
    places = {
        "AU F1": ("au", "f1"),
        "AU AUC": ("au", "auc"),
        "intensity ICC(3,1)": ("intensity", "icc"),
        "expression UAR": ("expression", "recall"),
        "affect CCC": ("affect", "ccc"),
    }
    return {name: result[block][key] for name, (block, key) in places.items() if block in result}


def _tiles(result: Mapping[str, Any]) -> list[Tile]:
    return [
        Tile(label=name, value=figure_text(column["mean"]), note=interval_text(column))
        for name, column in headline_columns(result).items()
    ]


def _chosen_table(results: Mapping[str, Any]) -> Table:
    last, chosen = headline_columns(results["last"]), headline_columns(results["chosen"])
    by = results["chosen"].get("chosen_by", "validation")
    steps = [f"{results[key]['step']:,}" for key in ("last", "chosen")]
    return Table(
        header=("score", f"last step ({steps[0]})", f"chosen step ({steps[1]})"),
        rows=tuple(
            (name, with_interval(column), with_interval(chosen[name]) if name in chosen else "")
            for name, column in last.items()
        ),
        caption=f"The last step is the result; beside it the step that {by} chose",
    )


def _curve_section(
    metrics: Mapping[str, Any], curves: Mapping[str, Sequence[plots.Curve]]
) -> Section:
    results = metrics["results"]
    marks = {"chosen": float(results["chosen"]["step"])} if "chosen" in results else None
    figures = tuple(
        Figure(
            figure=plots.lines(each, x_title="step", y_title=title, marks=marks),
            alt=f"Curves of {title} over training steps.",
            caption=title,
        )
        for title, each in curves.items()
    )
    return Section(title="Training", blocks=(Row(blocks=figures),))
