"""The demo's report: what happened, the lab's people, the results and what a reader sees.

`results.json` is a list of rows `{name, seed, au_f1, au_auc, expression_uar}`; the three runs are
`clef`, `clef-no-stage1` and `image-only`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean, stdev
from typing import Any, Final

from mien.report import plots
from mien.report.images import Picture
from mien.report.page import (
    Block,
    Facts,
    Figure,
    Page,
    Pictures,
    Row,
    Section,
    Table,
    Text,
    Tile,
    Tiles,
)
from mien.report.sections import EmbeddingMap, embedding_blocks, expression_section, face_blocks
from mien.report.timeline import timeline
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


@dataclass(frozen=True, kw_only=True)
class Clip:
    """What was read from a clip."""

    frames: Sequence[Picture]
    """A few annotated frames, in order."""
    seconds: Sequence[float]
    """Time of each frame read."""
    scores: Mapping[str, Sequence[float | None]]
    """Probability of each unit, by its name, in each frame."""
    truth: Mapping[str, Sequence[float | None]] | None = None
    """True intensity over 5 of the same units, for a rendered clip."""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """Everything the demo's report shows."""

    rows: Sequence[Mapping[str, Any]]
    """The content of `results.json`."""
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """`metrics.json` of one seed of each run, by name."""
    steps: Sequence[tuple[str, str, float]] = ()
    """What happened: title, detail, seconds."""
    facts: Sequence[tuple[str, str]] = ()
    """Facts on the corpus and the machine."""
    sheets: Sequence[Picture] = ()
    """Contact sheets of the lab."""
    photo: Picture | None = None
    """A photograph with what was read drawn in."""
    photo_units: Sequence[tuple[str, float]] = ()
    """Unit and probability read from the photograph."""
    clip: Clip | None = None
    """A rendered clip and what was read from it."""
    embedding: EmbeddingMap | None = None
    """Test images on a plane, from the full run."""
    best: Sequence[Picture] = ()
    """Test faces read best."""
    worst: Sequence[Picture] = ()
    """Test faces read worst."""
    command: str = "make demo"
    """The command that made all this."""
    version: str = ""
    """Version of mien."""


def demo_page(demo: Demo) -> Page:
    """The demo's report."""
    candidates = (
        _summary(demo),
        _happened(demo),
        _people(demo),
        _results(demo),
        _expressions(demo),
        _photo(demo),
        _clip(demo),
        _embedding(demo),
        _faces(demo),
    )
    return Page(
        title="mien demo: faces without identities",
        lead="Everything below was rendered, trained, scored and read on this machine by one "
        "command. The people in the corpus do not exist; the labels of their faces are exact.",
        sections=tuple(section for section in candidates if section is not None),
        footer=f"mien {demo.version}, made by {demo.command}. The models read rendered people and "
        "are no instrument: do not decide anything about anyone with them.",
    )


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


def _names(demo: Demo) -> list[str]:
    present = list(dict.fromkeys(row["name"] for row in demo.rows))
    return [name for name in RUNS if name in present] + [n for n in present if n not in RUNS]


def _mean(values: Mapping[int, float]) -> float | None:
    return mean(values.values()) if values else None


def _summary(demo: Demo) -> Section:
    tiles = tuple(
        Tile(
            label=f"{label}, clef",
            value=figure_text(_mean(values_of(demo.rows, "clef", score))),
            note=f"image-only {figure_text(_mean(values_of(demo.rows, 'image-only', score)))}",
        )
        for score, label in SCORES.items()
    )
    said = tuple(verdict(demo.rows, score=score) for score in ("au_f1", "expression_uar"))
    return Section(title="In short", blocks=(Tiles(tiles=tiles), Text(paragraphs=said)))


def _happened(demo: Demo) -> Section | None:
    if not demo.steps and not demo.facts:
        return None
    blocks: list[Block] = [Facts(facts=tuple(demo.facts))] if demo.facts else []
    if demo.steps:
        total = sum(seconds for _, _, seconds in demo.steps)
        rows = [(title, detail, _clock(seconds)) for title, detail, seconds in demo.steps]
        rows.append(("together", "", _clock(total)))
        blocks.append(
            Table(
                header=("step", "what it did", "time"),
                rows=tuple(rows),
                caption=f"What {demo.command} did",
                strong=(len(rows) - 1,),
                prose=(1,),
            )
        )
    return Section(title="What happened", blocks=tuple(blocks))


def _people(demo: Demo) -> Section | None:
    if not demo.sheets:
        return None
    text = (
        "Identity and light differ far more between these pictures than expression does, on "
        "purpose: a method that learns who somebody is, or where the lamp stands, gains nothing."
    )
    pictures = Pictures(pictures=tuple(demo.sheets), width=460)
    return Section(title="People of the lab", blocks=(Text(paragraphs=(text,)), pictures))


def _results(demo: Demo) -> Section:
    names = _names(demo)
    seeds = sorted({row["seed"] for row in demo.rows})
    rows = [(name, *(_cell(demo, name, score) for score in SCORES)) for name in names]
    about = "mean ± standard deviation over seeds" if len(seeds) > 1 else "one seed"
    if len(seeds) == 1 and demo.metrics:
        about += ", with intervals over test subjects"
    blocks: list[Block] = [
        Table(
            header=("run", *SCORES.values()),
            rows=tuple(rows),
            caption=f"Scores on subjects that no run has seen: {about}",
        ),
        Facts(facts=tuple((name, RUNS[name]) for name in names if name in RUNS)),
    ]
    if len(seeds) > 1:
        blocks.append(_seed_table(demo, names, seeds))
    shown = [
        name for name in names if "au" in demo.metrics.get(name, {}).get("results", _NONE)["last"]
    ]
    if shown:
        blocks.append(_comparison(demo, shown))
    blocks.append(Text(paragraphs=tuple(_caveats(seeds)), kind="note"))
    return Section(title="Results", blocks=tuple(blocks))


_NONE: Final[Mapping[str, Any]] = {"last": {}}


def _cell(demo: Demo, name: str, score: str) -> str:
    values = list(values_of(demo.rows, name, score).values())
    if len(values) > 1:
        return f"{mean(values):.3f} ± {stdev(values):.3f}"
    last = demo.metrics.get(name, {}).get("results", _NONE)["last"]
    block, key = _PLACES[score]
    between = interval_text(last[block][key]) if block in last else ""
    return f"{figure_text(values[0] if values else None)} {between}".strip()


def _seed_table(demo: Demo, names: Sequence[str], seeds: Sequence[int]) -> Table:
    rows = []
    for name in names:
        for score, label in SCORES.items():
            values = values_of(demo.rows, name, score)
            rows.append((f"{name}, {label}", *(figure_text(values.get(seed)) for seed in seeds)))
    header = ("run, score", *(f"seed {seed}" for seed in seeds))
    return Table(header=header, rows=tuple(rows), caption="The same by seed")


def _comparison(demo: Demo, names: Sequence[str]) -> Figure:
    results = {name: demo.metrics[name]["results"]["last"]["au"] for name in names}
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
    seed = demo.metrics[names[0]]["seed"]
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


def _expressions(demo: Demo) -> Section | None:
    last = demo.metrics.get("clef", {}).get("results", _NONE)["last"]
    return expression_section(last["expression"]) if "expression" in last else None


def _photo(demo: Demo) -> Section | None:
    if demo.photo is None:
        return None
    photo = Pictures(pictures=(demo.photo,), width=440)
    if not demo.photo_units:
        return Section(title="A photograph", blocks=(photo,))
    names = [name for name, _ in demo.photo_units]
    series = plots.Bars(name="probability", values=[value for _, value in demo.photo_units])
    read = Figure(
        figure=plots.bars(names, [series], title="probability", upright=False),
        alt="Probability of every unit read from the photograph.",
        caption="Probability of every unit. The model has never seen a real face.",
    )
    return Section(title="A photograph", blocks=(Row(blocks=(photo, read)),))


def _clip(demo: Demo) -> Section | None:
    clip = demo.clip
    if clip is None:
        return None
    blocks: list[Block] = [Pictures(pictures=tuple(clip.frames), width=250)] if clip.frames else []
    blocks.append(
        Figure(
            figure=timeline(clip.seconds, clip.scores, truth=clip.truth),
            alt="Probability of every unit over the clip.",
            caption="Lines are what was read, frame by frame; the dotted line in each lane is "
            "probability 0.5."
            + (" Shades are the truth the clip was rendered from." if clip.truth else ""),
        )
    )
    return Section(title="A clip", blocks=tuple(blocks))


def _embedding(demo: Demo) -> Section | None:
    if demo.embedding is None:
        return None
    return Section(title="What the embedding knows", blocks=embedding_blocks(demo.embedding))


def _faces(demo: Demo) -> Section | None:
    if not demo.best and not demo.worst:
        return None
    return Section(title="Best and worst faces", blocks=face_blocks(demo.best, demo.worst))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"
