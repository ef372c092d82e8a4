"""A sample of a release, kept to compare with: some frames of every part, pictures and labels."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from jaxtyping import UInt8

from mien import atomic
from mien.errors import MienError
from mien.faces.image import read_image
from mien.lab.corpus.kind import machine_kind
from mien.lab.corpus.release import Release
from mien.lab.render import render
from mien.lab.shows.preview import write_png

PIXELS: Final = 64
EACH: Final = 3
"""Frames of every part."""
COLUMNS: Final = 6
STRIP_FILE: Final = "reference.png"
LABELS_FILE: Final = "reference.json"


class Address(NamedTuple):
    """Where a frame stands in a release."""

    part: str
    clip: int
    frame: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """Some frames of a release."""

    addresses: tuple[Address, ...]
    images: UInt8[np.ndarray, "frame height width 3"]
    labels: tuple[Mapping[str, Any], ...]
    """Of each frame: what the scenario says, without what the renderer adds."""
    kind: Mapping[str, str]
    """Of the machine that rendered them."""

    def __repr__(self) -> str:
        return f"Sample({len(self.addresses)} frames, images {self.images.shape})"

    @property
    def digests(self) -> list[str]:
        """sha256 of each picture's pixels."""
        return [hashlib.sha256(image.tobytes()).hexdigest() for image in self.images]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How a sample rendered here compares with the one that was kept."""

    same_kind: bool
    """Whether both were rendered on one kind of machine: then everything must be equal."""
    labels: bool
    """Whether all labels are equal; floats to 1e-5 between kinds of machines."""
    exact: int
    """Pictures that are equal to the last bit."""
    frames: int
    mean: float
    """Mean absolute difference of pixels, 0-255."""
    off: float
    """Share of pixel values that differ by more than 8."""

    @property
    def holds(self) -> bool:
        """Equal on one kind of machine; elsewhere equal labels and hardly another picture."""
        if self.same_kind:
            return self.labels and self.exact == self.frames
        return self.labels and self.mean <= 0.5 and self.off <= 0.002


def addresses(release: Release) -> tuple[Address, ...]:
    """`EACH` frames of every part, spread over its plan."""
    found = []
    for part in release.parts:
        plan = part.scenario.clips(part.seed)
        for place in range(EACH):
            clip = plan[(2 * place + 1) * len(plan) // (2 * EACH)]
            found.append(Address(part.name, clip.number, (place * clip.frames) // EACH))
    return tuple(found)


def sample(release: Release, where: Sequence[Address] | None = None) -> Sample:
    """Render the sample of a release.

    Args:
        release: what to render from.
        where: which frames; `addresses(release)` by default.
    """
    wanted = addresses(release) if where is None else tuple(where)
    images, labels = [], []
    for address in wanted:
        part = release.part(address.part)
        shot = part.scenario.frame(part.scenario.clips(part.seed)[address.clip], address.frame)
        made = render(shot.person, shot.face, shot.world, size=PIXELS, seed=shot.seed)
        images.append(made.image)
        labels.append(json.loads(json.dumps(dict(shot.labels))))
    kind = machine_kind()
    return Sample(addresses=wanted, images=np.stack(images), labels=tuple(labels), kind=kind)


def keep(kept: Sample, folder: Path) -> None:
    """Write a sample to a folder: a strip of pictures, and a file of labels and digests."""
    write_png(folder / STRIP_FILE, _strip(kept.images))
    frames = [
        {**where._asdict(), "pixels": digest, "labels": labels}
        for where, digest, labels in zip(kept.addresses, kept.digests, kept.labels, strict=True)
    ]
    text = json.dumps({"kind": dict(kept.kind), "frames": frames}, indent=1)
    atomic.write_text(folder / LABELS_FILE, text + "\n")


def compare(release: Release, folder: Path) -> Agreement:
    """Render the sample kept in a folder anew, and compare.

    Raises:
        MienError: the folder holds no sample, or its strip is not the one that was kept.
    """
    said = _read(folder)
    where = [Address(each["part"], each["clip"], each["frame"]) for each in said["frames"]]
    fresh = sample(release, where)
    strip = read_image(folder / STRIP_FILE)
    cells = _cells(strip, len(where))
    digests = [each["pixels"] for each in said["frames"]]
    if [hashlib.sha256(cell.tobytes()).hexdigest() for cell in cells] != digests:
        raise MienError(
            "the strip is not the one its digests were taken of",
            remedy="restore both files",
            path=folder / STRIP_FILE,
        )
    same = dict(fresh.kind) == said["kind"]
    gap = np.abs(fresh.images.astype(np.int16) - cells.astype(np.int16))
    exact = sum(a == b for a, b in zip(fresh.digests, digests, strict=True))
    told = [each["labels"] for each in said["frames"]]
    return Agreement(
        same_kind=same,
        labels=all(_equal(a, b, same) for a, b in zip(fresh.labels, told, strict=True)),
        exact=exact,
        frames=len(where),
        mean=float(gap.mean()),
        off=float((gap > 8).mean()),
    )


def _read(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / LABELS_FILE).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise MienError(
            "there is no sample to compare with", remedy="name its folder", path=folder
        ) from error


def _strip(images: UInt8[np.ndarray, "frame side side 3"]) -> UInt8[np.ndarray, "height width 3"]:
    rows = -(-len(images) // COLUMNS)
    grid = np.zeros((rows * COLUMNS, PIXELS, PIXELS, 3), np.uint8)
    grid[: len(images)] = images
    lines = grid.reshape(rows, COLUMNS, PIXELS, PIXELS, 3).swapaxes(1, 2)
    return np.ascontiguousarray(lines.reshape(rows * PIXELS, COLUMNS * PIXELS, 3))


def _cells(
    strip: UInt8[np.ndarray, "height width 3"], count: int
) -> UInt8[np.ndarray, "frame side side 3"]:
    rows, columns = strip.shape[0] // PIXELS, strip.shape[1] // PIXELS
    grid = strip.reshape(rows, PIXELS, columns, PIXELS, 3).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(-1, PIXELS, PIXELS, 3)[:count])


def _equal(mine: Mapping[str, Any], theirs: Mapping[str, Any], exactly: bool) -> bool:
    if mine.keys() != theirs.keys():
        return False
    for name, value in mine.items():
        other = theirs[name]
        if exactly or not (isinstance(value, float) and isinstance(other, float)):
            if str(value) != str(other):  # NaN equals NaN here
                return False
        elif not np.isclose(value, other, rtol=0.0, atol=1e-5, equal_nan=True):
            return False
    return True
