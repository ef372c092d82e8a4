"""Others' scores of the photographs, judged by the functions that judge ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from jaxtyping import Float

from mien.bench.real.orl_measure import Area, area, less_median
from mien.bench.real.orl_photos import Photos
from mien.bench.real.peer import Peer

READERS: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = {
    "mouthSmile": (12, ("mouthSmile",)),
    "jawOpen": (25, ("jawOpen",)),
    "jawOpen + mouthLowerDown + mouthUpperUp": (25, ("jawOpen", "mouthLowerDown", "mouthUpperUp")),
    "eyeBlink": (43, ("eyeBlink",)),
}
"""Blendshapes as readers of a unit, for reference: unit and what is summed."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One score of another's, judged on the unit it stands for."""

    source: str
    """Whose it is, such as "fer 25.10.3"."""
    name: str
    """What is scored, in the source's words."""
    area: Area
    calibrated: Area
    """AUC after each person's median was taken off the scores."""
    with_glasses: Area
    without_glasses: Area

    @property
    def label(self) -> str:
        """Whose, and what."""
        return f"{self.source}: {self.name}"

    def record(self) -> dict[str, Any]:
        """For JSON; what is undefined is None."""
        return {
            **self.area.record(),
            "less_the_median": self.calibrated.record(),
            "with_glasses": self.with_glasses.record(),
            "without_glasses": self.without_glasses.record(),
        }


def beside(
    source: str,
    name: str,
    scores: Float[np.ndarray, " photo"],
    photos: Photos,
    unit: int,
    *,
    probability: bool = False,
) -> Beside:
    """Judge one score.

    Args:
        source: whose score it is.
        name: what is scored.
        scores: higher where the unit is more likely.
        photos: with their codes.
        unit: one of `orl_codes.UNITS`.
        probability: the median is taken off the log odds.
    """
    worn = photos.codes.glasses
    return Beside(
        source=source,
        name=name,
        area=area(scores, photos, unit),
        calibrated=less_median(scores, photos, unit, probability=probability),
        with_glasses=area(scores, photos, unit, among=worn),
        without_glasses=area(scores, photos, unit, among=~worn),
    )


def of_blendshapes(photos: Photos) -> list[Beside]:
    """The blendshapes as readers: another network, which users have anyhow."""
    return [
        beside("blendshapes", name, photos.blendshape(*summed), photos, unit)
        for name, (unit, summed) in READERS.items()
    ]


def of_peer(peer: Peer, photos: Photos) -> list[Beside]:
    """A peer's readings, in the order of its file."""
    return [
        beside(
            peer.name,
            each.name,
            np.array([each.scores[photo] for photo in photos.codes.files]),
            photos,
            each.unit,
            probability=each.probability,
        )
        for each in peer.readings
    ]


def peer_record(peer: Peer, judged: Sequence[Beside]) -> dict[str, Any]:
    """What is kept of a peer: which file of which package, and what was measured."""
    facts = {name: value for name, value in vars(peer).items() if name != "readings"}
    return {**facts, "readings": {each.name: each.record() for each in judged}}


def peer_note(peer: Peer) -> str:
    """One sentence under the tables."""
    taken = "; ".join(f"{each.name} for AU{each.unit}" for each in peer.readings)
    how = f"; {peer.about}" if peer.about else ""
    return (
        f"{peer.name} ({peer.licence}; {peer.file}, sha256 {peer.sha256[:16]}...): its own scores, "
        f"taken for units: {taken}{how}."
    )
