"""lab-1: the first corpus of the lab that results can be cited on.

Its scenarios, seeds, pools and sizes stand here; what it came out as, and what it was frozen
with, in `lab-1.json`. Later changes of the lab make a lab of another number.
"""

from dataclasses import replace
from typing import Final

from mien.lab.corpus.release import Release, ReleasePart, Size
from mien.lab.interview import Interview
from mien.lab.scenario import Scenario
from mien.lab.talking import Talking
from mien.lab.units import Units
from mien.lab.wild import Wild

NAME: Final = "lab-1"
PIXELS: Final[dict[Size, int]] = {"small": 72, "medium": 112, "large": 160}

SCENARIOS: Final[dict[Size, tuple[Scenario, ...]]] = {
    "small": (
        Interview(subjects=36, frames=20),
        Wild(people=1000, pictures=2),
        Talking(people=64, clips_each=2, frames=16),
        Units(people=1000, pictures=2),
    ),
    "medium": (
        Interview(subjects=41, frames=96),
        Wild(people=12000, pictures=2),
        Talking(people=400, clips_each=4, frames=16),
        Units(people=8000, pictures=3),
    ),
    "large": (
        Interview(subjects=140, frames=240),
        Wild(people=100_000, pictures=2),
        Talking(people=4000, clips_each=4, frames=16),
        Units(people=60_000, pictures=3),
    ),
}
"""Whom one trains on: people, lights and cameras of the training pool, seed 0."""

HELD_OUT: Final[dict[Size, tuple[Scenario, ...]]] = {
    "small": (
        Interview(subjects=8, frames=8),
        Wild(people=500, pictures=2),
        Talking(people=16, clips_each=2, frames=16),
        Units(people=250, pictures=2),
    ),
    "medium": (
        Interview(subjects=16, frames=32),
        Wild(people=2000, pictures=2),
        Talking(people=50, clips_each=4, frames=16),
        Units(people=1000, pictures=2),
    ),
    "large": (
        Interview(subjects=32, frames=64),
        Wild(people=8000, pictures=2),
        Talking(people=200, clips_each=4, frames=16),
        Units(people=4000, pictures=2),
    ),
}
"""Whom one tests on: people, lights and cameras of the test pool, seed 1."""


def lab_1(size: Size) -> Release:
    """The release at one of its sizes."""
    shown = [ReleasePart(name=each.name, scenario=each, seed=0) for each in SCENARIOS[size]]
    held = [
        ReleasePart(name=f"{each.name}-held-out", scenario=replace(each, pool="test"), seed=1)
        for each in HELD_OUT[size]
    ]
    return Release(name=NAME, size=size, pixels=PIXELS[size], parts=(*shown, *held))
