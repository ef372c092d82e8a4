"""Sheets to hold the rendered units against FACS: each unit, and what units do together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import UInt8

from mien.errors import MienError
from mien.facs import ACTION_UNITS, LAB_AUS
from mien.lab import limits
from mien.lab.acting.performance import settle
from mien.lab.chance.streams import stream
from mien.lab.conditions.world import Background, Light, World
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.people.glasses import Glasses
from mien.lab.people.person import Person
from mien.lab.render import render
from mien.lab.shows.preview import LEVELS, contact_sheet, write_png

Sheet = UInt8[np.ndarray, "height width 3"]

COMBINATIONS: Final[tuple[tuple[str, Mapping[int, float]], ...]] = (
    ("polite smile", {12: 3.0}),
    ("felt smile", {6: 3.5, 12: 4.0}),
    ("laugh", {6: 4.5, 7: 2.0, 12: 5.0, 25: 4.0, 26: 3.5}),
    ("open smile", {12: 4.0, 25: 4.0, 26: 2.0}),
    ("smile held back", {6: 2.0, 12: 3.0, 17: 3.0, 24: 3.0}),
    ("smile with dimples", {12: 3.0, 14: 4.0}),
    ("oblique brows", {1: 4.0, 4: 4.0}),
    ("sadness", {1: 4.0, 4: 3.0, 15: 4.0, 17: 3.0}),
    ("weeping", {1: 3.0, 4: 4.0, 6: 4.0, 7: 3.0, 15: 3.0, 20: 3.0, 25: 3.0}),
    ("raised brows", {1: 4.0, 2: 4.0}),
    ("surprise", {1: 5.0, 2: 5.0, 5: 4.0, 25: 4.0, 26: 4.0}),
    ("startle", {1: 4.0, 2: 4.0, 5: 5.0, 20: 3.0, 25: 3.0}),
    ("fear", {1: 5.0, 2: 4.0, 4: 4.0, 5: 5.0, 20: 4.0, 25: 4.0}),
    ("frown", {4: 4.0, 7: 3.0}),
    ("anger", {4: 5.0, 5: 4.0, 7: 4.0, 23: 4.0, 24: 3.0}),
    ("shout", {4: 5.0, 7: 4.0, 10: 4.0, 16: 3.0, 25: 5.0, 27: 3.0}),
    ("snarl", {4: 4.0, 7: 4.0, 9: 5.0, 10: 4.0, 25: 4.0}),
    ("disgust", {9: 4.0, 15: 3.0, 17: 4.0}),
    ("bared upper teeth", {10: 5.0, 25: 4.0}),
    ("pain", {4: 4.0, 6: 4.0, 7: 4.0, 9: 3.0, 10: 3.0, 25: 3.0, 43: 5.0}),
    ("mouth shrug", {15: 3.0, 17: 4.0}),
    ("grimace", {16: 4.0, 20: 5.0, 25: 5.0}),
    ("kiss", {18: 5.0, 22: 3.0}),
    ("yawn", {25: 5.0, 27: 5.0, 43: 5.0}),
)
"""What faces show together, with a name for the sheet; our choice."""


_STUDIO = World(
    lights=(
        Light(yaw=-25.0, pitch=25.0, intensity=1.2, softness=0.7),
        Light(yaw=40.0, pitch=10.0, intensity=0.35, softness=0.9),
    ),
    background=Background(kind="plain", colours=((0.35, 0.37, 0.4), (0.35, 0.37, 0.4))),
)
"""Easy light, straight on, nothing spoilt."""


def sitters(*, seed: int = 0, people: int = 6) -> list[tuple[Person, World]]:
    """Different people with bare faces before a plain wall, each in the same easy light."""
    cast = []
    for number in range(people):
        person = sample_person(stream(seed, "facs", "person", number))
        bare = replace(person, glasses=Glasses(), cover=replace(person.cover, kind="none"))
        cast.append((bare, _STUDIO))
    return cast


def unit_sheet(unit: int, *, seed: int = 0, people: int = 6, size: int = 192) -> Sheet:
    """One unit alone: a column for each person; neutral, A, C and E from top to bottom.

    Raises:
        MienError: the lab does not render `unit`.
    """
    if unit not in LAB_AUS:
        raise MienError(
            f"the lab does not render unit {unit}",
            remedy=f"choose among {', '.join(map(str, LAB_AUS))}",
        )
    cast = sitters(seed=seed, people=people)
    steps = [("neutral", FaceState())]
    steps += [(letter, settled({unit: amount})) for letter, amount in LEVELS]
    about = ACTION_UNITS[unit]
    return contact_sheet(
        [_row(cast, face, size) for _, face in steps],
        rows=[f"{name}{_brought(face, unit)}" for name, face in steps],
        title=f"AU{unit} {about.name} ({about.muscle}): {about.look}",
    )


def combination_sheet(
    names: Sequence[str], *, seed: int = 0, people: int = 6, size: int = 192
) -> Sheet:
    """Some of `COMBINATIONS`, a row each; a column for each person.

    Raises:
        KeyError: no combination has one of the names.
    """
    table: dict[str, Mapping[int, float]] = dict(COMBINATIONS)
    cast = sitters(seed=seed, people=people)
    rows = [
        f"{name}: " + ", ".join(f"{unit} at {amount:g}" for unit, amount in table[name].items())
        for name in names
    ]
    faces = [settled(table[name]) for name in names]
    return contact_sheet([_row(cast, face, size) for face in faces], rows=rows)


def settled(units: Mapping[int, float | int]) -> FaceState:
    """Units with what they bring along and without what they exclude, as scenarios label them."""
    face = FaceState.of(units)
    return FaceState(intensity=settle(face.intensity.astype(np.float64)).astype(np.float32))


def facs_sheets(
    out: Path | str,
    *,
    units: Sequence[int] = LAB_AUS,
    seed: int = 0,
    people: int = 6,
    size: int = 192,
) -> list[Path]:
    """Write a sheet for each unit and, where all units are drawn, those of the combinations.

    Returns:
        The files, replaced if they were there.

    Raises:
        MienError: the lab does not render a unit, `size` is below 16, or there are no people.
    """
    limits.sides(size=size)
    limits.counts(people=people)
    written = []
    for unit in units:
        path = Path(out) / f"AU{unit:02d}.png"
        write_png(path, unit_sheet(unit, seed=seed, people=people, size=size))
        written.append(path)
    if set(units) == set(LAB_AUS):
        names = [name for name, _ in COMBINATIONS]
        for start in range(0, len(names), 4):
            sheet = combination_sheet(names[start : start + 4], seed=seed, people=people, size=size)
            path = Path(out) / f"together-{start // 4 + 1}.png"
            write_png(path, sheet)
            written.append(path)
    return written


def _row(
    cast: Sequence[tuple[Person, World]], face: FaceState, size: int
) -> list[UInt8[np.ndarray, "side side 3"]]:
    return [
        render(person, face, world, size=size, seed=number).image
        for number, (person, world) in enumerate(cast)
    ]


def _brought(face: FaceState, unit: int) -> str:
    """What acts beside a unit, in words; empty if nothing does."""
    strongest = zip(LAB_AUS, face.intensity.max(axis=1).tolist(), strict=True)
    beside = [f"{other} at {amount:.1f}" for other, amount in strongest if amount >= 1]
    beside = [words for words in beside if not words.startswith(f"{unit} ")]
    return f" (with {', '.join(beside)})" if beside else ""
