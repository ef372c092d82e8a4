"""The worst errors as a page to look at: real faces, for this machine alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float64

from mien.bench.real.orl_codes import CREDIT, UNITS
from mien.bench.real.orl_photos import Photos
from mien.errors import MienError
from mien.metrics.auc import average_ranks
from mien.report import page
from mien.report.images import Picture

SHOWN: Final = 16
"""Pictures of each kind."""
_SIDE: Final = 160


def write_pictures(
    folder: Path, scores: Mapping[int, Float64[np.ndarray, " photo"]], photos: Photos
) -> Path:
    """Write `errors.html`: of each unit the lowest-scored positives and highest negatives.

    Args:
        folder: outside any checkout, since the photographs must not be published.
        scores: by unit.
        photos: with their codes.

    Raises:
        MienError: the folder lies in a git checkout.
    """
    check_private(folder)
    folder.mkdir(parents=True, exist_ok=True)
    sections = tuple(_section(unit, scores[unit], photos) for unit in UNITS)
    lead = f"{CREDIT} Not to be published."
    return page.write(
        page.Page(title="Worst errors on ORL", lead=lead, sections=sections),
        folder / "errors.html",
    )


def _section(unit: int, scores: Float64[np.ndarray, " photo"], photos: Photos) -> page.Section:
    """The worst of both kinds for one unit, with the rank of their scores."""
    crops = photos.crops(_SIDE)
    truth = photos.codes.truth[:, UNITS.index(unit)]
    share = average_ranks(scores) / len(photos)
    blocks = []
    for coded, words in ((1.0, "coded present, scored low"), (0.0, "coded absent, scored high")):
        rows = np.flatnonzero(truth == coded)
        order = rows[np.argsort(scores[rows] * (1.0 if coded else -1.0), kind="stable")]
        shown = [
            Picture(
                image=crops[row],
                alt=f"photograph {photos.codes.files[row]}",
                caption=photos.codes.files[row],
                note=f"{scores[row]:.3f}, above {share[row]:.0%} of all",
            )
            for row in order[:SHOWN].tolist()
        ]
        blocks.append(page.Pictures(pictures=tuple(shown), width=112, caption=words))
    return page.Section(title=f"AU{unit}", blocks=tuple(blocks))


def check_private(folder: Path) -> None:
    """See that no commit can take the pictures along.

    Raises:
        MienError: the folder, or one above it, is a git checkout.
    """
    for each in (folder.resolve(), *folder.resolve().parents):
        if (each / ".git").exists():
            raise MienError(
                "lies in a git checkout, and photographs of people must not enter one",
                remedy="name a folder elsewhere",
                path=folder,
            )
