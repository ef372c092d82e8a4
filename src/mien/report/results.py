"""Runs compared: what `results.json` holds, said without claiming more."""

from collections.abc import Mapping, Sequence
from statistics import mean, stdev
from typing import Any, Final

from mien.report import plots
from mien.report.page import Block, Facts, Figure, Section, Table, Text
from mien.report.wording import figure_text, interval_text

SCORES: Final[Mapping[str, str]] = {
    "au_f1": "AU F1",
    "au_auc": "AU AUC",
    "expression_uar": "expression UAR",
}
"""Scores of a results row and their names for people."""

RUNS: Final[Mapping[str, str]] = {
    "clef": "CLEF: activity pre-training, then fine-tuning with label texts",
    "clef-no-stage1": "CLEF without its pre-training",
    "image-only": "supervised, images only, from the same initialisation",
}
"""The demo's runs and what they are."""

_RENDERED: Final = (
    "Rendered people are easier than real ones and differ from them; these figures compare methods "
    "with each other and say nothing about photographs."
)
_DRAWN: Final = (
    "Intervals come from drawing test subjects anew: they show how much the result hangs on who "
    "was tested, not how much it hangs on the seed."
)
_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "au_f1": ("au", "f1"),
    "au_auc": ("au", "auc"),
    "expression_uar": ("expression", "recall"),
}
_NONE: Final[Mapping[str, Any]] = {"last": {}}


def values_of(rows: Sequence[Mapping[str, Any]], name: str, score: str) -> dict[int, float]:
    """A run's score by seed, leaving out seeds where it is undefined."""
    return {
        row["seed"]: float(row[score])
        for row in rows
        if row["name"] == name and row.get(score) is not None
    }


def verdict(
    rows: Sequence[Mapping[str, Any]],
    *,
    first: str = "clef",
    second: str = "image-only",
    score: str = "au_f1",
) -> str:
    """What the rows say about two runs, in a sentence that claims no more than they hold.

    With several common seeds the mean difference is compared with the spread: the larger of the
    two runs' standard deviations over those seeds (our choice). With one seed no claim is made.
    """
    one, two = values_of(rows, first, score), values_of(rows, second, score)
    seeds = sorted(one.keys() & two.keys())
    what = SCORES.get(score, score)
    if not seeds:
        return f"{what}: {first} and {second} have no seed in common, so nothing can be compared."
    gaps = [one[seed] - two[seed] for seed in seeds]
    gap = mean(gaps)
    better, worse = (first, second) if gap >= 0 else (second, first)
    if len(seeds) == 1:
        return (
            f"{what}: {better} is {abs(gap):.3f} above {worse} at the one seed tried. One seed "
            "cannot tell a better method from a lucky run; several seeds can."
        )
    spread = max(stdev(one[seed] for seed in seeds), stdev(two[seed] for seed in seeds))
    each = ", ".join(f"{value:+.3f}" for value in gaps)
    claim = "more than" if abs(gap) > spread else "not more than"
    return (
        f"{what}: {first} minus {second} is {gap:+.3f} on average over {len(seeds)} seeds "
        f"({each}); that is {claim} the spread between seeds of {spread:.3f}."
    )


def results_section(
    rows: Sequence[Mapping[str, Any]],
    metrics: Mapping[str, Mapping[str, Any]],
    differences: Sequence[Mapping[str, Any]] = (),
) -> Section:
    """Tables and bars that compare the runs, with what they cannot show.

    Args:
        rows: the content of `results.json`.
        metrics: `metrics.json` of one seed of each run, by name.
        differences: paired differences, `{score, first, second, value, low, high}`.
    """
    names = _names(rows)
    seeds = sorted({row["seed"] for row in rows})
    cells = [(name, *(_cell(rows, metrics, name, score) for score in SCORES)) for name in names]
    about = "mean ± standard deviation over seeds" if len(seeds) > 1 else "one seed"
    if len(seeds) == 1 and metrics:
        about += ", with intervals over test subjects"
    blocks: list[Block] = [
        Table(
            header=("run", *SCORES.values()),
            rows=tuple(cells),
            caption=f"Scores on subjects that no run has seen: {about}",
        ),
        Facts(facts=tuple((name, RUNS[name]) for name in names if name in RUNS)),
    ]
    if len(seeds) > 1:
        blocks.append(_seed_table(rows, names, seeds))
    shown = [name for name in names if "au" in metrics.get(name, {}).get("results", _NONE)["last"]]
    if shown:
        blocks.append(_comparison(metrics, shown))
    if differences:
        blocks.append(_difference_table(differences))
    blocks.append(Text(paragraphs=tuple(_caveats(seeds)), kind="note"))
    return Section(title="Results", blocks=tuple(blocks))


def _cell(
    rows: Sequence[Mapping[str, Any]],
    metrics: Mapping[str, Mapping[str, Any]],
    name: str,
    score: str,
) -> str:
    values = list(values_of(rows, name, score).values())
    if len(values) > 1:
        return f"{mean(values):.3f} ± {stdev(values):.3f}"
    last = metrics.get(name, {}).get("results", _NONE)["last"]
    block, key = _PLACES[score]
    between = interval_text(last[block][key]) if block in last else ""
    return f"{figure_text(values[0] if values else None)} {between}".strip()


def _seed_table(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], seeds: Sequence[int]
) -> Table:
    lines = []
    for name in names:
        for score, label in SCORES.items():
            values = values_of(rows, name, score)
            lines.append((f"{name}, {label}", *(figure_text(values.get(seed)) for seed in seeds)))
    header = ("run, score", *(f"seed {seed}" for seed in seeds))
    return Table(header=header, rows=tuple(lines), caption="The same by seed")


def _difference_table(differences: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        (
            f"{each['first']} minus {each['second']}, {SCORES.get(each['score'], each['score'])}",
            figure_text(each["value"]),
            f"[{figure_text(each['low'])}, {figure_text(each['high'])}]",
        )
        for each in differences
    ]
    return Table(
        header=("paired difference", "value", "interval"),
        rows=tuple(rows),
        caption="The same test subjects drawn for both runs, at one seed; an interval that holds 0 "
        "shows no difference between these two runs",
    )


def _comparison(metrics: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> Figure:
    results = {name: metrics[name]["results"]["last"]["au"] for name in names}
    labels = [f"AU{au}" for au in results[names[0]]["labels"]]
    series = [
        plots.Bars(
            name=name,
            values=result["f1"]["values"],
            low=result["f1"].get("low"),
            high=result["f1"].get("high"),
        )
        for name, result in results.items()
    ]
    seed = metrics[names[0]]["seed"]
    return Figure(
        figure=plots.bars(labels, series, title="F1 at 0.5"),
        alt="F1 of every action unit for each run, with intervals over test subjects.",
        caption=f"F1 per unit, seed {seed}; whiskers are intervals over test subjects.",
    )


def _caveats(seeds: Sequence[int]) -> list[str]:
    said = [_RENDERED, _DRAWN]
    if len(seeds) < 3:
        said.append("For a comparison of methods, run: mien demo --seeds 3")
    return said


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    present = list(dict.fromkeys(row["name"] for row in rows))
    return [name for name in RUNS if name in present] + [n for n in present if n not in RUNS]


def mean_of(values: Mapping[int, float]) -> float | None:
    """Mean of a run's values over its seeds; None if there is none."""
    return mean(values.values()) if values else None
