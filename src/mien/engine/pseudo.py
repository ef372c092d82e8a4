"""Clusters of clips in the place of activities that nobody wrote down.

CLEF's authors name corpora without activities as future work; the form is ours. A frozen encoder
describes a clip by the mean of a few frames; less the mean of the person's clips, since people
differ more than what they do; k-means groups the training people's clips.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int64

from mien.data.clusters import kmeans
from mien.data.codes import codes
from mien.data.relabel import relabel
from mien.data.store import Store
from mien.engine.parts import parts
from mien.engine.ranks import device_named
from mien.engine.textual import embed_rows, open_run
from mien.errors import MienError
from mien.models.backbone import Backbone, ImageEncoder
from mien.models.mobilenet_v2 import MobileNetV2
from mien.recipes.run import DataPlan

Ints = npt.NDArray[np.int64]
Centre = Literal["person", "nothing"]


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """How clips are grouped.

    Raises:
        MienError: a number is too small.
    """

    clusters: int = 8
    """Number of groups; BP4D has as many activities."""
    frames: int = 4
    """Frames of a clip that are looked at, evenly spread."""
    centre: Centre = "person"
    """What is taken off a clip's features: the mean of the "person"'s clips, so that groups are
    no groups of people (those with one clip have no group then); or "nothing"."""
    backbone: Backbone = field(default_factory=lambda: MobileNetV2(size=64))
    """The frozen encoder, where no run supplies one."""
    plan: DataPlan = field(default_factory=DataPlan)
    """Whose clips are grouped: the training people's by this plan; the run's where one is named."""
    seed: int = 0
    """Seed of k-means."""

    def __post_init__(self) -> None:
        if self.clusters < 2 or self.frames < 1:
            raise MienError(
                f"{self.clusters} clusters of clips by {self.frames} frames",
                remedy="ask for 2 clusters or more, by 1 frame or more",
            )


@dataclass(frozen=True, kw_only=True)
class Grouped:
    """What `pseudo_activities` made."""

    store: Path
    """The new store."""
    names: tuple[str, ...]
    """Names of the groups, as the column `activity` has them."""
    clips: tuple[int, ...]
    """Clips in each."""
    people: tuple[int, ...]
    """Different people in each: with one alone, a group tells who, not what."""
    left_out: int
    """Clips without a group: of held-out people, and of people with a single clip."""


def pseudo_activities(
    store: str | PathLike[str],
    out: str | PathLike[str],
    *,
    grouping: Grouping | None = None,
    run_folder: str | PathLike[str] | None = None,
    device: str = "cpu",
    packages: tuple[str, ...] = (),
) -> Grouped:
    """Write a store whose activities are clusters of the training people's clips.

    Whoever is held out has no activity in it, so that stage 1 cannot meet them.

    Args:
        store: the store; its own activities, if any, are not looked at.
        out: the new store's folder, see `mien.data.relabel`.
        grouping: the default is `Grouping()`.
        run_folder: a finished run whose encoder and plan are used.
        device: where to compute.
        packages: packages of your own that the run's classes come from.

    Raises:
        MienError: too few clips, `out` exists, or the encoder's weights are not here.
    """
    how = grouping or Grouping()
    encoder, size, plan = _encoder(how, run_folder, packages)
    where = device_named(device)
    opened = Store(store)
    try:
        mine = parts(plan, opened).rows["train"]
        table = opened.select(["clip", "subject"])
        (clip, clips), (subject, _) = codes(table, "clip"), codes(table, "subject")
        frames = opened.column("frame").astype(np.int64)
        looked = spread_frames(clip, frames, mine, how.frames)
        features = embed_rows(encoder.to(where), opened, looked, size=size, device=where)
        chosen, points, people = clip_points(
            features, clip[looked], subject[looked], centre=how.centre
        )
        found = kmeans(points, how.clusters, generator=np.random.default_rng(how.seed))
        group = dict(zip(chosen.tolist(), found.labels.tolist(), strict=True))
        marks, created = _marks(clip, mine, group), _described(how, run_folder)
        place = relabel(opened, out, column="activity", values=marks, created=created)
    finally:
        opened.close()
    return Grouped(
        store=place,
        names=tuple(map(_name, range(how.clusters))),
        clips=tuple(np.bincount(found.labels, minlength=how.clusters).tolist()),
        people=tuple(len(set(people[found.labels == n].tolist())) for n in range(how.clusters)),
        left_out=len(clips) - len(chosen),
    )


def spread_frames(clip: Ints, frame: Ints, rows: Ints, count: int) -> Ints:
    """Of each clip's rows, up to `count`, evenly spread over it in the order of frames.

    Args:
        clip: clip of every row of the store; −1, unknown, is left out.
        frame: frame number of every row.
        rows: which of them may be taken.
        count: most rows of a clip; fewer are all taken.
    """
    known = rows[clip[rows] >= 0]
    order = known[np.lexsort((known, frame[known], clip[known]))]
    ends = np.flatnonzero(np.diff(clip[order], prepend=-1, append=-2))
    taken: list[Ints] = []
    for start, stop in pairwise(ends.tolist()):
        there = stop - start
        places = (2 * np.arange(min(count, there)) + 1) * there // (2 * min(count, there))
        taken.append(order[start + places])
    return np.concatenate(taken) if taken else np.zeros(0, np.int64)


def clip_points(
    features: Float[np.ndarray, "row dim"],
    clip: Int64[np.ndarray, " row"],
    subject: Int64[np.ndarray, " row"],
    *,
    centre: Centre,
) -> tuple[Ints, npt.NDArray[np.float64], Ints]:
    """A vector of length 1 for each clip.

    Args:
        features: of some frames.
        clip: clip of each.
        subject: person of each; unknown ones (−1) count as one person.
        centre: see `Grouping`.

    Returns:
        The clips, their vectors (clip, dim), and their people.

    Raises:
        MienError: no clip is left.
    """
    clips, inverse = np.unique(clip, return_inverse=True)
    sums = np.zeros((len(clips), features.shape[1]))
    np.add.at(sums, inverse, features.astype(np.float64))
    points = sums / np.bincount(inverse, minlength=len(clips))[:, None]
    people = np.zeros(len(clips), np.int64)
    people[inverse] = subject
    keep = np.ones(len(clips), bool)
    if centre == "person":
        for person in np.unique(people):
            mine = people == person
            points[mine] -= points[mine].mean(0)
            keep[mine] = mine.sum() > 1
    lengths = np.linalg.norm(points, axis=1)
    keep &= lengths > 0
    if not keep.any():
        raise MienError(
            "no training person has two clips that differ",
            remedy='fill the columns clip and subject, or centre by "nothing"',
        )
    return clips[keep], points[keep] / lengths[keep, None], people[keep]


def _encoder(
    how: Grouping, run_folder: str | PathLike[str] | None, packages: tuple[str, ...]
) -> tuple[ImageEncoder, int, DataPlan]:
    if run_folder is None:
        return how.backbone.build(seed=0), how.backbone.size, how.plan
    run, module = open_run(Path(run_folder), packages=packages)
    return module.encoder, run.backbone.size, run.data


def _described(how: Grouping, run_folder: str | PathLike[str] | None) -> dict[str, object]:
    """What `store.json` says of the groups."""
    source = None if run_folder is None else Path(run_folder).name
    numbers = {"clusters": how.clusters, "frames": how.frames, "seed": how.seed}
    return {"pseudo_activities": {"run": source, "centre": how.centre, **numbers}}


def _name(group: int) -> str:
    return f"cluster-{group:02d}"


def _marks(clip: Ints, mine: Ints, group: dict[int, int]) -> list[str | None]:
    marks: list[str | None] = [None] * len(clip)
    for row in mine.tolist():
        number = group.get(int(clip[row]))
        marks[row] = None if number is None else _name(number)
    return marks
