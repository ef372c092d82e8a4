"""Our hand codes of the 400 ORL photographs: what is read, agreed on and left out.

Two passes coded each enlarged photograph by eye, against the other nine of the same person:
0 none, 1 slight or uncertain, 2 clear. The consensus is 1 where both passes say 2, 0 where both
say 0, and empty otherwise. Quadratic-weighted kappa of the passes: AU12 .905, AU25 .969,
AU43 .917, glasses 1.000. This is no certified FACS coding: no video, no intensities, small grey
pictures. It serves development only: nothing is trained on it and no threshold is fitted on it.

The photographs are those of AT&T Laboratories Cambridge (the asset `orl-faces`); they are never
part of this package.
"""

import csv
import io
from dataclasses import dataclass
from importlib import resources
from typing import Final

import numpy as np
from jaxtyping import Bool, Float

from mien.errors import MienError

UNITS: Final = (12, 25, 43)
"""Units that are coded."""
CREDIT: Final = "Photographs: AT&T Laboratories Cambridge."
_FILE: Final = "orl_codes.csv"
_VALUES: Final = {"1": 1.0, "0": 0.0, "": float("nan")}


@dataclass(frozen=True, kw_only=True, eq=False)
class Codes:
    """The consensus, photograph by photograph."""

    subjects: tuple[str, ...]
    """Folder of each photograph, such as "s7"."""
    images: tuple[str, ...]
    """Its number there, from "1"."""
    truth: Float[np.ndarray, "photo 3"]
    """1, 0 or NaN (no agreement) for each of `UNITS`."""
    glasses: Bool[np.ndarray, " photo"]
    """Whether glasses are worn."""

    def __len__(self) -> int:
        return len(self.subjects)

    def __repr__(self) -> str:
        return f"Codes({len(self)} photographs of {len(set(self.subjects))} people)"

    @property
    def files(self) -> tuple[str, ...]:
        """Path of each photograph under the asset's folder."""
        pairs = zip(self.subjects, self.images, strict=True)
        return tuple(f"{subject}/{image}.pgm" for subject, image in pairs)


def read_codes(text: str | None = None) -> Codes:
    """Parse the codes; by default those of this package.

    Args:
        text: CSV with columns subject, image, au12, au25, au43, glasses (others are ignored).

    Raises:
        MienError: a column is missing, or a code is none of 1, 0 and empty.
    """
    if text is None:
        text = resources.files("mien.bench.real").joinpath(_FILE).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    try:
        return Codes(
            subjects=tuple(row["subject"] for row in rows),
            images=tuple(row["image"] for row in rows),
            truth=np.array([[_VALUES[row[f"au{unit}"]] for unit in UNITS] for row in rows]),
            glasses=np.array([_VALUES[row["glasses"]] == 1.0 for row in rows]),
        )
    except (KeyError, AttributeError) as problem:
        raise MienError(
            f"the codes cannot be read ({problem})",
            remedy="give columns subject, image, au12, au25, au43, glasses, coded 1, 0 or empty",
        ) from problem
