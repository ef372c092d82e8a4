"""The demo's report: what happened, the lab's people, the results and what a reader sees.

`results.json` is a list of rows `{name, seed, au_f1, au_auc, expression_uar}`; the three runs are
`clef`, `clef-no-stage1` and `image-only`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
from mien.report.results import SCORES, mean_of, results_section, values_of, verdict
from mien.report.sections import EmbeddingMap, embedding_blocks, expression_section, face_blocks
from mien.report.timeline import timeline
from mien.report.wording import figure_text


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
    differences: Sequence[Mapping[str, Any]] = ()
    """Paired differences at one seed: `{score, first, second, value, low, high}`."""
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
        results_section(demo.rows, demo.metrics, demo.differences),
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


def _summary(demo: Demo) -> Section:
    tiles = tuple(
        Tile(
            label=f"{label}, clef",
            value=figure_text(mean_of(values_of(demo.rows, "clef", score))),
            note=f"image-only {figure_text(mean_of(values_of(demo.rows, 'image-only', score)))}",
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


def _expressions(demo: Demo) -> Section | None:
    last = demo.metrics.get("clef", {}).get("results", {}).get("last", {})
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
        caption="Probability of every unit. She smiles, so AU12 and AU6 are truly there; whether "
        "they are read shows how far four labelled people, all rendered, carry. The "
        "model has never seen a real face.",
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
