"""A tiny store of random faces, and runs small enough for a test."""

from pathlib import Path

import numpy as np
import pytest

from mien.data.writer import StoreWriter
from mien.faces.template import CANONICAL
from mien.facs import DEMO_AUS, EXPRESSIONS_7, au_column, intensity_column

SUBJECTS, ACTIVITIES, FRAMES, SIZE = 9, 4, 3, 36


def write_store(path: Path, *, seed: int = 0, name: str = "noise", subjects: bool = True) -> Path:
    """Nine people, four activities, three frames: noise with a patch per unit that is present."""
    values = np.random.default_rng(seed)
    with StoreWriter(
        path, name=name, template=CANONICAL.name, template_digest=CANONICAL.digest
    ) as writer:
        for subject in range(SUBJECTS):
            tint = values.integers(0, 120, 3)
            for activity in range(ACTIVITIES):
                for frame in range(FRAMES):
                    present = values.random(len(DEMO_AUS)) < 0.4
                    image = values.integers(0, 60, (SIZE, SIZE, 3)) + tint
                    for unit in np.flatnonzero(present):
                        row, column = divmod(unit, 4)
                        image[row * 12 : row * 12 + 12, column * 9 : column * 9 + 9] += 75
                    labels = {
                        au_column(au): float(present[place]) for place, au in enumerate(DEMO_AUS)
                    } | {
                        intensity_column(au): float(present[place]) * (1 + frame)
                        for place, au in enumerate(DEMO_AUS)
                    }
                    writer.add(
                        image.astype(np.uint8),
                        subject=f"S{subject:02d}" if subjects else None,
                        clip=f"S{subject:02d}-T{activity + 1}",
                        activity=f"T{activity + 1}",
                        frame=frame,
                        expression=EXPRESSIONS_7[(subject + activity) % 7],
                        valence=float(values.uniform(-1, 1)),
                        arousal=float(values.uniform(-1, 1)),
                        **labels,
                    )
    return path


@pytest.fixture(scope="session")
def store(tmp_path_factory) -> Path:
    """The tiny store, written once."""
    return write_store(tmp_path_factory.mktemp("store") / "noise")
