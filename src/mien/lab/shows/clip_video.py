"""A clip of a scenario as a video file, with the truth of every frame beside it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from jaxtyping import UInt8

from mien import atomic
from mien.data.manifest import rows_to_table
from mien.data.schema import LABEL_COLUMNS
from mien.errors import MienError
from mien.lab import limits
from mien.lab.acting.motion import drift, drift_at
from mien.lab.chance.streams import stream
from mien.lab.renderer import CPU, Renderer
from mien.lab.scenario import Clip, Scenario
from mien.lab.shows.encode import SUFFIXES, encode


@dataclass(frozen=True, kw_only=True)
class ClipFiles:
    """What `write_clip` wrote."""

    video: Path
    truth: Path
    """Parquet: a row for each video frame, columns of `mien.data.schema` (labels only), landmarks
    in pixels of the video."""
    frames: int


def write_clip(
    scenario: Scenario,
    clip: Clip,
    out: Path | str,
    *,
    width: int = 640,
    height: int = 480,
    seconds: float | None = None,
    start: float = 0.0,
    renderer: Renderer = CPU,
) -> ClipFiles:
    """Render every frame of a clip's video, with a head that wanders a little in the picture.

    Args:
        scenario: where the clip is from.
        clip: one of its plan.
        out: the video, ".mp4", ".mov" or ".mkv"; H.264, or MPEG-4 part 2 where PyAV was built
            without libx264. The truth goes beside it as ".parquet".
        width: pixels, even, 16 or more.
        height: pixels, even, 16 or more.
        seconds: length; the rest of the clip if left out.
        start: second of the clip to begin at.
        renderer: makes the pictures.

    Raises:
        MienError: another ending, or a measure out of range.
    """
    _check(width=width, height=height, seconds=seconds, start=start)
    out = Path(out)
    atomic.refuse_ending(out, SUFFIXES, what="a clip")
    rows: list[dict[str, Any]] = []
    whole = replace(clip, frames=max(1, round(clip.seconds * clip.fps)))
    first = min(round(start * clip.fps), whole.frames - 1)
    length = whole.frames if seconds is None else max(1, round(seconds * clip.fps))
    chosen = range(first, min(whole.frames, first + length))
    frames = _frames(scenario, whole, chosen, size=(width, height), rows=rows, renderer=renderer)
    with atomic.file(out) as temporary:
        timed = ((image, number / clip.fps) for number, image in enumerate(frames))
        encode(temporary, timed, width=width, height=height, fps=clip.fps)
    truth = out.with_suffix(".parquet")
    table = rows_to_table(rows).select(["sample_id", *LABEL_COLUMNS])
    with atomic.file(truth) as temporary:
        pq.write_table(table, temporary)
    return ClipFiles(video=out, truth=truth, frames=len(rows))


def _check(*, width: int, height: int, seconds: float | None, start: float) -> None:
    for name, pixels in (("width", width), ("height", height)):
        limits.sides(**{name: pixels})
        if pixels % 2:
            raise MienError(f"{name} must be even, got {pixels}", remedy=f"use {pixels + 1}")
    if seconds is not None:
        limits.positive(seconds=seconds)
    limits.not_negative(start=start)


def _frames(
    scenario: Scenario,
    whole: Clip,
    chosen: range,
    *,
    size: tuple[int, int],
    rows: list[dict[str, Any]],
    renderer: Renderer,
) -> Iterator[UInt8[np.ndarray, "height width 3"]]:
    """Yield the pictures, and note each one's truth in `rows`; frames count from the start."""
    (width, height), fps = size, whole.fps
    wander = drift(
        stream(whole.seed, scenario.name, "camera", whole.number),
        centre=(0.5, 0.45, 0.62),
        bound=(0.06, 0.04, 0.05),
    )
    for index in chosen:
        shot = scenario.frame(whole, index)
        x, y, scale = drift_at(wander, np.array([index / fps]))[0].tolist()
        made = renderer.render_scene(
            shot.person,
            shot.face,
            shot.world,
            width=width,
            height=height,
            centre=(x * width, y * height),
            scale=scale * height,
            seed=shot.seed,
        )
        frame = index - chosen.start
        when = {"frame": frame, "pts_ms": 1000.0 * frame / fps}
        rows.append({**shot.record(made), **when, "sample_id": f"{whole.name}-{frame:06d}"})
        yield made.image
