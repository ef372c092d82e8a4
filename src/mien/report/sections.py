"""Sections that evaluation and demo reports share, from the blocks of `metrics.json`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mien import facs
from mien.report import plots
from mien.report.images import Picture
from mien.report.page import Block, Figure, Heat, Pictures, Row, Section, Table, Text, Tile, Tiles
from mien.report.wording import figure_text, interval_text, unit_name

_EMBEDDING_NOTE: Final = (
    "Each point is a test image. An embedding made for expressions gathers points by expression "
    "in the first map and mixes people in the second; islands of one person each mean that it "
    "still knows who is who."
)


@dataclass(frozen=True, kw_only=True)
class EmbeddingMap:
    """Embeddings on a plane (their first two principal components)."""

    coordinates: Sequence[Sequence[plots.Real]]
    """(x, y) of each sample."""
    expression: Sequence[str]
    """Expression of each sample; "" unknown."""
    subject: Sequence[str]
    """Subject of each sample."""
    shares: tuple[float, float] | None = None
    """Share of the variance that each axis shows."""


def unit_section(metrics: Mapping[str, Any]) -> Section:
    """Bars, table and reliability of the action units."""
    result = metrics["results"]["last"]["au"]
    labels = [f"AU{au}" for au in result["labels"]]
    shown = {"F1": result["f1"], "AUC": result["auc"]}
    if result.get("f1_chosen"):
        shown["F1 at chosen threshold"] = result["f1_chosen"]
    level = metrics["bootstrap"]["level"]
    return Section(
        title="Action units",
        blocks=(
            Figure(
                figure=plots.bars(labels, [_bars("F1", result["f1"])], title="F1 at 0.5"),
                alt="F1 of every action unit with intervals; the table has the numbers.",
                caption=f"F1 at probability 0.5; whiskers are {level:.0%} intervals over subjects.",
            ),
            _unit_table(result),
            *undefined_block(shown),
            *_absent_block(result),
            Row(blocks=(_auc_figure(labels, result["auc"]), _calibration(result["calibration"]))),
        ),
    )


def expression_section(result: Mapping[str, Any]) -> Section:
    """Recall bars and confusion of the expressions."""
    names = tuple(result["labels"])
    return Section(
        title="Expressions",
        blocks=(
            Tiles(
                tiles=(
                    Tile(
                        label="UAR",
                        value=figure_text(result["recall"]["mean"]),
                        note=interval_text(result["recall"]),
                    ),
                    Tile(label="accuracy", value=figure_text(result["accuracy"])),
                    Tile(label="macro F1", value=figure_text(result["f1"]["mean"])),
                    Tile(label="Cohen's kappa", value=figure_text(result["kappa"])),
                )
            ),
            *undefined_block({"recall": result["recall"], "F1": result["f1"]}),
            Row(
                blocks=(
                    Figure(
                        figure=plots.bars(
                            names,
                            [_bars("recall", result["recall"])],
                            title="recall",
                            upright=False,
                        ),
                        alt="Recall of every expression with intervals.",
                        caption="Recall per class; their mean is the UAR. "
                        f"Chance is {1 / max(len(names), 1):.2f}.",
                    ),
                    Heat(
                        names=names,
                        counts=tuple(tuple(row) for row in result["confusion"]),
                        caption="Confusion: counts, shaded by share of the row",
                    ),
                )
            ),
        ),
    )


def agreement_section(title: str, result: Mapping[str, Any]) -> Section:
    """A table of agreement and error, for intensities or affect."""
    keys = {"ICC(3,1)": "icc", "PCC": "pcc", "CCC": "ccc", "MAE": "mae", "RMSE": "rmse"}
    labels = [unit_name(each) if isinstance(each, int) else each for each in result["labels"]]
    rows = [
        (name, str(known), *(figure_text(result[key]["values"][index]) for key in keys.values()))
        for index, (name, known) in enumerate(zip(labels, result["support"], strict=True))
    ]
    rows.append(("mean", "", *(figure_text(result[key]["mean"]) for key in keys.values())))
    short = [f"AU{each}" if isinstance(each, int) else each for each in result["labels"]]
    lead = "icc" if all(isinstance(each, int) for each in result["labels"]) else "ccc"
    name = {"icc": "ICC(3,1)", "ccc": "CCC"}[lead]
    return Section(
        title=title,
        blocks=(
            Figure(
                figure=plots.bars(short, [_bars(name, result[lead])], title=name, limit=None),
                alt=f"{name} of every label with intervals; the table has the numbers.",
            ),
            Table(
                header=("label", "known", *keys),
                rows=tuple(rows),
                caption="Agreement and error on the test subjects",
                strong=(len(rows) - 1,),
            ),
            *undefined_block({shown: result[key] for shown, key in keys.items()}),
        ),
    )


def embedding_blocks(embedding: EmbeddingMap) -> tuple[Block, ...]:
    """The same points twice: coloured by expression and by subject."""
    axes = ["first component", "second component"]
    if embedding.shares is not None:
        shares = zip(axes, embedding.shares, strict=True)
        axes = [f"{name} ({share:.0%} of the variance)" for name, share in shares]
    people = len(set(embedding.subject))
    return (
        Text(
            paragraphs=(_EMBEDDING_NOTE,),
        ),
        Row(
            blocks=(
                Figure(
                    figure=plots.scatter(
                        embedding.coordinates,
                        embedding.expression,
                        order=facs.EXPRESSIONS_8,
                        x_title=axes[0],
                        y_title=axes[1],
                    ),
                    alt="Test images on their first two components, coloured by expression.",
                    caption="Coloured by expression.",
                ),
                Figure(
                    figure=plots.scatter(
                        embedding.coordinates,
                        embedding.subject,
                        legend=False,
                        x_title=axes[0],
                        y_title=axes[1],
                    ),
                    alt="The same points, coloured by subject.",
                    caption=f"The same points, coloured by subject ({people} people).",
                ),
            )
        ),
    )


def face_blocks(best: Sequence[Picture], worst: Sequence[Picture]) -> tuple[Block, ...]:
    """Grids of the faces read best and worst."""
    blocks: list[Block] = []
    for faces, caption in (
        (best, "Read best: smallest mean error over the known units, best first."),
        (worst, "Read worst: largest mean error, worst first."),
    ):
        if faces:
            blocks.append(Pictures(pictures=tuple(faces), width=112, caption=caption))
    return tuple(blocks)


def undefined_block(columns: Mapping[str, Mapping[str, Any]]) -> tuple[Block, ...]:
    """A note that lists what is undefined and why; nothing if all is defined."""
    said = [
        f"{name}, {'AU' if label.isdigit() else ''}{label}: {reason}."
        for name, column in columns.items()
        for label, reason in column["undefined"].items()
    ]
    if not said:
        return ()
    head = "Left out of the means, because undefined:"
    return (Text(paragraphs=(" ".join([head, *said]),), kind="warning"),)


def _bars(name: str, column: Mapping[str, Any]) -> plots.Bars:
    return plots.Bars(
        name=name, values=column["values"], low=column.get("low"), high=column.get("high")
    )


def _absent_block(result: Mapping[str, Any]) -> tuple[Block, ...]:
    """A note on units that never occur but are predicted, whose F1 of 0 counts."""
    rows = zip(result["labels"], result["support"]["positive"], result["f1"]["values"], strict=True)
    absent = [f"AU{au}" for au, positive, f1 in rows if positive == 0 and f1 is not None]
    if not absent:
        return ()
    said = "Predicted though never present in the test part, so that F1 is 0 and counts: "
    return (Text(paragraphs=(f"{said}{', '.join(absent)}.",), kind="warning"),)


def _unit_table(result: Mapping[str, Any]) -> Table:
    chosen = result.get("f1_chosen")
    rows = [_unit_row(result, index) for index in range(len(result["labels"]))]
    means = (figure_text(result["f1"]["mean"]), interval_text(result["f1"]))
    extra = (figure_text(chosen["mean"]), "") if chosen else ()
    rows.append(("mean", "", "", *means, figure_text(result["auc"]["mean"]), *extra))
    header = ("unit", "present", "known", "F1", "interval", "AUC")
    return Table(
        header=(*header, "F1, chosen", "threshold") if chosen else header,
        rows=tuple(rows),
        caption="Scores per unit on the test subjects",
        strong=(len(rows) - 1,),
    )


def _auc_figure(labels: Sequence[str], column: Mapping[str, Any]) -> Figure:
    return Figure(
        figure=plots.bars(labels, [_bars("AUC", column)], title="ROC AUC", upright=False),
        alt="ROC AUC of every action unit with intervals.",
        caption="ROC AUC: 0.5 is chance, whatever the base rate.",
    )


def _calibration(block: Mapping[str, Any]) -> Figure:
    return Figure(
        figure=plots.reliability(block["score"], block["rate"], block["count"]),
        alt="Reliability curve of the probabilities, all units pooled.",
        caption="Calibration over all units: on the dotted line, what is said comes true. "
        f"Expected error {figure_text(block['error'])}.",
    )


def _unit_row(result: Mapping[str, Any], index: int) -> tuple[str, ...]:
    support, f1 = result["support"], result["f1"]
    present = support["positive"][index]
    known = present + support["negative"][index]
    low, high = (f1.get(end, [None] * (index + 1))[index] for end in ("low", "high"))
    between = "" if low is None or high is None else f"[{figure_text(low)}, {figure_text(high)}]"
    chosen = ()
    if result.get("f1_chosen"):
        chosen = (
            figure_text(result["f1_chosen"]["values"][index]),
            figure_text(result["thresholds_chosen"][index], digits=2),
        )
    return (
        unit_name(result["labels"][index]),
        f"{present / known:.0%}" if known else figure_text(None),
        str(known),
        figure_text(f1["values"][index]),
        between,
        figure_text(result["auc"]["values"][index]),
        *chosen,
    )
