"""Anonymous replay: somebody who does not exist does what a reading says a person did."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float64

from mien import __version__, atomic
from mien.errors import MienError
from mien.facs import LAB_AUS, au_column
from mien.lab import limits
from mien.lab.chance.streams import number, stream
from mien.lab.conditions.world import Background, Light, World
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.people.person import Person
from mien.lab.renderer import CPU, Renderer
from mien.lab.shows.card import Picture, card, label
from mien.lab.shows.encode import SUFFIXES, Timed, encode
from mien.lab.shows.strength import scored, shown_units, strength
from mien.study.follow import OK, Followed

LABEL: Final = "rendered replay of action units"
"""Written into every frame, so that nobody takes it for a recording."""
TELLS: Final = (
    "The head, its skin, hair and surroundings are rendered and are nobody's; no pixel and no "
    "sound of the recording is in it. It still tells when and how strongly the person's face "
    "moved, how the head turned, how often the eyes closed, and how long they were out of sight: "
    "people who know someone well, or hold the recording, may recognise them by that."
)
"""What a replay still says about the person."""
_STUDIO: Final = World(
    lights=(
        Light(yaw=-30.0, pitch=28.0, intensity=0.85, softness=0.8),
        Light(yaw=45.0, pitch=10.0, intensity=0.35, softness=1.0),
    ),
    ambient=(0.32, 0.32, 0.33),
    background=Background(kind="plain", colours=((0.30, 0.33, 0.36), (0.30, 0.33, 0.36))),
)
_LIDS: Final = [LAB_AUS.index(43), LAB_AUS.index(45)]
"""Units that are shown as they were read, unsmoothed."""
_HELD: Final = 3.0
"""Steps without a frame after which the picture no longer stands for them."""


@dataclass(frozen=True, kw_only=True)
class ReplayFiles:
    """What `write_replay` wrote."""

    video: Path
    about: Path
    frames: int
    """Frames that show the head."""
    gaps: dict[str, int]
    """Frames that show why there is none, by reason."""


def write_replay(
    followed: Followed,
    out: Path | str,
    *,
    seed: int = 0,
    width: int = 480,
    height: int = 480,
    smooth: float = 0.06,
    renderer: Renderer = CPU,
    progress: Callable[[int, int], None] | None = None,
) -> ReplayFiles:
    """Render a reading as a video, at the reading's own times.

    A frame that was not scored is a grey card with the reason; a unit without any score is left
    out. `OUT`'s stem with ".about.json" says how it was made and what it tells; neither file names
    the recording.

    Args:
        followed: one person of one clip.
        out: the video, ".mp4", ".mov" or ".mkv"; H.264.
        seed: who is rendered.
        width: pixels, even, 16 or more.
        height: pixels, even, 16 or more.
        smooth: standard deviation in seconds of a Gaussian over time; 0 leaves the readings as
            they are, which trembles.
        renderer: makes the pictures.
        progress: told frames done and frames in all.

    Raises:
        MienError: not one score of a unit that the lab can show, another ending, or a measure out
            of range.
    """
    _check(width=width, height=height, smooth=smooth)
    followed = scored(followed)
    out = Path(out)
    atomic.refuse_ending(out, SUFFIXES, what="a replay")
    tell = _silent if progress is None else progress
    scene = _Scene(person=nobody(seed), seed=seed, width=width, height=height, renderer=renderer)
    step = _step(followed.times)
    frames = _frames(scene, followed, smooth=smooth, step=step, tell=tell)
    gaps = Counter(followed.status[followed.status != OK].tolist())
    with atomic.file(out) as temporary:
        encode(temporary, frames, width=width, height=height, fps=1 / step)
    about = out.with_name(f"{out.stem}.about.json")
    shown = int((followed.status == OK).sum())
    described = _about(followed, seed=seed, smooth=smooth, shown=shown, gaps=dict(gaps))
    atomic.write_text(about, json.dumps(described, indent=2, ensure_ascii=False) + "\n")
    return ReplayFiles(video=out, about=about, frames=shown, gaps=dict(gaps))


def nobody(seed: int) -> Person:
    """Who is rendered: drawn by the seed, with nothing before the face."""
    person = sample_person(stream(seed, "replay", "person"))
    return replace(
        person,
        cover=replace(person.cover, kind="none"),
        glasses=replace(person.glasses, frame="none"),
    )


def intensities(followed: Followed) -> Float64[np.ndarray, "frame 24"]:
    """Intensity 0-5 of each of `LAB_AUS` in each frame; NaN where nothing was scored.

    Units that were not read are 0; of the others as `strength` has them.
    """
    used = strength(followed)
    shown = np.zeros((len(followed.times), len(LAB_AUS)))
    for unit in shown_units(followed):
        shown[:, LAB_AUS.index(unit)] = np.clip(used[:, followed.units.index(unit)], 0, 5)
    shown[followed.status != OK] = np.nan
    return shown


def smoothed(
    values: Float64[np.ndarray, "frame value"], times: Float64[np.ndarray, "frame"], sigma: float
) -> Float64[np.ndarray, "frame value"]:
    """Gaussian mean over time of each stretch of known frames; no value crosses a gap."""
    if sigma <= 0:
        return values
    known = np.asarray(~np.isnan(values).any(axis=1))
    stretch = np.cumsum(~known)
    top = np.where(known[:, None], values, 0.0)
    total, weight = top.copy(), np.asarray(known, np.float64)
    for lag in range(1, len(times)):
        apart = times[lag:] - times[:-lag]
        if apart.min() > 4 * sigma:
            break
        same = (stretch[lag:] == stretch[:-lag]) & known[lag:] & known[:-lag]
        share = np.exp(-0.5 * (apart / sigma) ** 2) * same
        total[lag:] += share[:, None] * top[:-lag]
        total[:-lag] += share[:, None] * top[lag:]
        weight[lag:] += share
        weight[:-lag] += share
    return np.where(known[:, None], total / np.maximum(weight, 1)[:, None], np.nan)


@dataclass(frozen=True, kw_only=True)
class _Scene:
    person: Person
    seed: int
    width: int
    height: int
    renderer: Renderer

    def shot(
        self, units: Float64[np.ndarray, "24"], pose: Float64[np.ndarray, "3"], frame: int
    ) -> Picture:
        yaw, pitch, roll = np.nan_to_num(pose).tolist()  # a table without poses: straight ahead
        both = np.repeat(units[:, None], 2, axis=1).astype(np.float32)
        made = self.renderer.render_scene(
            self.person,
            FaceState(intensity=both),
            replace(_STUDIO, yaw=yaw, pitch=pitch, roll=roll),
            width=self.width,
            height=self.height,
            centre=(0.5 * self.width, 0.47 * self.height),
            scale=0.64 * min(self.width, self.height),
            seed=number(self.seed, "replay", "pixels", frame),
        )
        return label(made.image, LABEL)


def _frames(
    scene: _Scene,
    followed: Followed,
    *,
    smooth: float,
    step: float,
    tell: Callable[[int, int], None],
) -> Iterator[Timed]:
    raw = intensities(followed)
    units = smoothed(raw, followed.times, smooth)
    units[:, _LIDS] = raw[:, _LIDS]  # a blink is shorter than the smoothing, which would undo it
    poses = smoothed(followed.pose, followed.times, smooth)
    for at, time in enumerate(followed.times.tolist()):
        status = str(followed.status[at])
        if at and time - followed.times[at - 1] > _HELD * step:
            said = card("not read", width=scene.width, height=scene.height)
            yield label(said, LABEL), float(followed.times[at - 1]) + step
        if status == OK:
            yield scene.shot(units[at], poses[at], at), time
        else:
            said = card(status, width=scene.width, height=scene.height)
            yield label(said, LABEL), time
        tell(at + 1, len(followed.times))


def _check(*, width: int, height: int, smooth: float) -> None:
    for name, pixels in (("width", width), ("height", height)):
        limits.sides(**{name: pixels})
        if pixels % 2:
            raise MienError(f"{name} must be even, got {pixels}", remedy=f"use {pixels + 1}")
    limits.not_negative(smooth=smooth)


def _step(times: Float64[np.ndarray, "frame"]) -> float:
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.04


def _about(
    followed: Followed, *, seed: int, smooth: float, shown: int, gaps: dict[str, int]
) -> dict[str, Any]:
    units = shown_units(followed)
    by_chance = followed.intensity is None or bool(np.isnan(followed.intensity).all())
    return {
        "mien": __version__,
        "person": {"seed": seed, "is": "rendered, nobody"},
        "units": [au_column(unit) for unit in units],
        "units_left_out": [au_column(unit) for unit in followed.units if unit not in units],
        "strength": "probability, as intensity" if by_chance else "intensity",
        "sides": "both alike: the reading has none",
        "gaze": "straight ahead: it is not read",
        "smoothing_seconds": smooth,
        "smoothing_leaves_out": [au_column(LAB_AUS[at]) for at in _LIDS],
        "frames": shown,
        "gaps": gaps,
        "tells": TELLS,
    }


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""
