"""Contact sheets: many small renders on one PNG, to be looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from jaxtyping import UInt8

from mien import atomic
from mien.facs import ACTION_UNITS, EXPRESSIONS_8, LAB_AUS, ONE_SIDED, PROTOTYPES, au_column
from mien.lab import limits
from mien.lab.chance.streams import stream
from mien.lab.conditions.world import World
from mien.lab.conditions.worlds import sample_world
from mien.lab.expression import FaceState
from mien.lab.interview import Interview
from mien.lab.people.draw import sample_person
from mien.lab.people.person import Person
from mien.lab.render import render
from mien.lab.renderer import CPU, Renderer
from mien.lab.scenario import Clip, Scenario
from mien.lab.wild import Wild

Sheet = UInt8[np.ndarray, "height width 3"]

LEVELS: Final = (("A", 1.0), ("C", 3.0), ("E", 5.0))
"""Columns of the sheet of units: the coders' letter and the intensity."""

_MARGIN, _LINE = 4, 16


def contact_sheet(
    images: Sequence[Sequence[UInt8[np.ndarray, "side side 3"]]],
    *,
    captions: Sequence[Sequence[str]] | None = None,
    rows: Sequence[str] | None = None,
    title: str = "",
) -> Sheet:
    """Lay images out in a grid on white, with words under each and before each row.

    Args:
        images: rows of RGB images, all of one size; rows may differ in length.
        captions: a line under each image.
        rows: a line above each row.
        title: a line at the top.
    """
    side = images[0][0].shape[0]
    below = _LINE if captions else 0
    above = _LINE if rows else 0
    high = side + below + above + _MARGIN
    wide = max(len(row) for row in images) * (side + _MARGIN) + _MARGIN
    top = _MARGIN + (_LINE if title else 0)
    sheet = np.full((top + len(images) * high + _MARGIN, wide, 3), 255, np.uint8)
    _write(sheet, title, _MARGIN, _LINE - 3)
    for number, row in enumerate(images):
        y = top + number * high
        if rows:
            _write(sheet, rows[number], _MARGIN, y + _LINE - 4)
        for place, image in enumerate(row):
            x = _MARGIN + place * (side + _MARGIN)
            sheet[y + above : y + above + side, x : x + side] = image
            if captions:
                _write(sheet, captions[number][place], x, y + above + side + _LINE - 5, side)
    return sheet


def people_sheet(
    *, seed: int = 0, people: int = 8, size: int = 112, hardness: float = 0.2
) -> Sheet:
    """People in rows, the eight expressions in columns, each at its full prototype."""
    images = []
    for number in range(people):
        person = sample_person(stream(seed, "preview", "person", number))
        world = sample_world(stream(seed, "preview", "world", number), hardness=hardness)
        images.append(
            [
                render(person, prototype_face(name), world, size=size, seed=number).image
                for name in EXPRESSIONS_8
            ]
        )
    return contact_sheet(images, captions=[EXPRESSIONS_8] * people, title="people x expressions")


def prototype_face(expression: str) -> FaceState:
    """The full prototype of an expression; a one-sided unit acts on the subject's left."""
    weak = ONE_SIDED.get(expression, ())
    return FaceState.of(
        {
            unit: (amount, 0.1 * amount if unit in weak else amount)
            for unit, amount in PROTOTYPES[expression].items()
        }
    )


def units_sheet(*, seed: int = 0, people: int = 2, size: int = 112) -> Sheet:
    """Every unit of the lab alone, at intensities A, C and E, on a few frontal faces."""
    cast: list[tuple[Person, World]] = [
        (
            sample_person(stream(seed, "preview", "person", number)),
            _frontal(sample_world(stream(seed, "preview", "world", number), hardness=0.1)),
        )
        for number in range(people)
    ]
    images, captions = [], []
    for first in range(0, len(LAB_AUS), 2):
        row, words = [], []
        for unit in LAB_AUS[first : first + 2]:
            for number, (person, world) in enumerate(cast):
                levels: list[tuple[str, Mapping[int, float]]] = [("0", {})]
                levels += [(letter, {unit: amount}) for letter, amount in LEVELS]
                for letter, face in levels:
                    made = render(person, FaceState.of(face), world, size=size, seed=number)
                    row.append(made.image)
                    words.append(f"AU{unit} {letter}")
        images.append(row)
        captions.append(words)
    names = [
        " | ".join(f"AU{unit} {ACTION_UNITS[unit].name}" for unit in LAB_AUS[first : first + 2])
        for first in range(0, len(LAB_AUS), 2)
    ]
    return contact_sheet(images, captions=captions, rows=names, title="action units")


def interview_sheet(
    scenario: Interview, *, seed: int = 0, person: int = 0, frames: int = 12, size: int = 112
) -> Sheet:
    """One subject: a row for each activity, frames in order of time, with what they show."""
    clips = [clip for clip in scenario.clips(seed) if clip.person == person]
    images, captions, rows = [], [], []
    for clip in clips:
        taken = replace(clip, frames=frames)
        shots = [(taken, index) for index in range(frames)]
        images.append([shoot(scenario, *shot, size=size) for shot in shots])
        captions.append([caption(scenario, *shot) for shot in shots])
        rows.append(f"{clip.activity}: {clip.emotion}")
    return contact_sheet(images, captions=captions, rows=rows, title=clips[0].subject)


def grid_sheet(
    scenario: Scenario, *, seed: int = 0, columns: int = 12, lines: int = 8, size: int = 112
) -> Sheet:
    """The first clips of a scenario, one frame (the middle one) of each."""
    clips = scenario.clips(seed)[: columns * lines]
    shots = [(clip, clip.frames // 2) for clip in clips]
    pictures = [shoot(scenario, *shot, size=size) for shot in shots]
    words = [caption(scenario, *shot) for shot in shots]
    starts = range(0, len(shots), columns)
    return contact_sheet(
        [pictures[start : start + columns] for start in starts],
        captions=[words[start : start + columns] for start in starts],
        title=f"{scenario.name}, seed {seed}",
    )


def shoot(
    scenario: Scenario, clip: Clip, index: int, *, size: int, renderer: Renderer = CPU
) -> UInt8[np.ndarray, "side side 3"]:
    """Render one frame of a scenario."""
    shot = scenario.frame(clip, index)
    made = renderer.render(shot.person, shot.face, shot.world, size=size, seed=shot.seed)
    return made.image


def caption(scenario: Scenario, clip: Clip, index: int) -> str:
    """Expression and the units present, as few letters as can be: "happ 6 12 25"."""
    labels = scenario.frame(clip, index).labels
    present = [str(unit) for unit in LAB_AUS if labels.get(au_column(unit)) == 1.0]
    return " ".join([(labels.get("expression") or "-")[:4], *present])


def preview(out: Path | str, *, seed: int = 0, size: int = 112) -> list[Path]:
    """Write all contact sheets to a folder: people, units, two interviews, wild.

    Returns:
        The files, replaced if they were there.

    Raises:
        MienError: `size` is below 16.
    """
    limits.sides(size=size)
    interview = Interview(subjects=12)
    sheets = {
        "people": people_sheet(seed=seed, size=size),
        "units": units_sheet(seed=seed, size=size),
        "interview-0": interview_sheet(interview, seed=seed, person=0, size=size),
        "interview-1": interview_sheet(interview, seed=seed, person=1, size=size),
        "subjects": grid_sheet(interview, seed=seed, columns=8, lines=12, size=size),
        "wild": grid_sheet(Wild(people=96), seed=seed, size=size),
    }
    written = []
    for name, sheet in sheets.items():
        path = Path(out) / f"{name}.png"
        write_png(path, sheet)
        written.append(path)
    return written


def write_png(path: Path, sheet: Sheet) -> None:
    """Write an RGB image as a PNG, atomically."""
    done, encoded = cv2.imencode(".png", sheet[:, :, ::-1])
    if not done:
        raise ValueError(f"a sheet of {sheet.shape} cannot be encoded")
    atomic.write_bytes(path, encoded.tobytes())


def _frontal(world: World) -> World:
    return replace(world, yaw=0.0, pitch=0.0, roll=0.0)


def _write(sheet: Sheet, words: str, x: int, y: int, width: int = 10**6) -> None:
    if not words:
        return
    scale = 0.38
    (length, _), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    scale *= min(1.0, 0.85 * width / length)
    cv2.putText(sheet, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 1, cv2.LINE_AA)
