"""What the shipped model is worth: on photographs of people, and on people of the lab held out.

The bundle is judged as `mien predict` runs it: canonical crops, landmarks and blendshape scores of
the same landmarks, calibrated probabilities. Beside it stand the blendshapes themselves, and peers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from mien.bench.real import orl_measure
from mien.bench.real.beside import Beside, peer_record
from mien.bench.real.orl_codes import UNITS
from mien.bench.real.orl_measure import Area, Judged, judge, less_median
from mien.bench.real.orl_photos import Photos
from mien.bench.real.peer import Peer
from mien.bench.record import Table
from mien.engine.shipped_card import by_group, by_phrase, by_unit, overall
from mien.errors import MienError
from mien.faces import geometry
from mien.predict.model import Model

NOTES: Final = (
    *orl_measure.NOTES,
    (
        "`less the median` takes each person's median off the scores first (of probabilities: off "
        "their log odds): calibration to the person without asking for a neutral picture."
    ),
    (
        "Held-out people: identities, skins, lights and cameras of the lab's test pool; the second "
        "look is another renderer's. Groups are groups of rendered people."
    ),
    "Phrases: wordings and statements as in `mien.facs.statements`; `held` were never trained on.",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class OnPhotos:
    """One way of reading the photographs, judged."""

    name: str
    judged: Judged
    calibrated: tuple[Area, ...]
    """AUC after each person's median was taken off the scores."""


def on_photos(model: Model, photos: Photos, *, name: str) -> list[OnPhotos]:
    """Judge a bundle on the photographs: with all inputs, and by pixels alone.

    Raises:
        MienError: it does not read the coded units.
    """
    units = model.bundle.aus
    if not set(UNITS) <= set(units):
        raise MienError(
            f"{name} does not read units {', '.join(map(str, UNITS))}",
            remedy="name a bundle of the shipped model",
            path=model.folder,
        )
    crops = photos.crops(model.bundle.size)
    ways = {"pixels": None}
    if model.wants_geometry:
        ways = {"pixels and geometry": _shapes(photos), **ways}
    found = []
    for way, shapes in ways.items():
        scores = model.score(crops, geometry=shapes)["au"].astype(np.float64)
        each = {unit: scores[:, place] for place, unit in enumerate(units)}
        found.append(
            OnPhotos(
                name=f"{name}, {way}",
                judged=judge(each, photos),
                calibrated=tuple(
                    less_median(each[unit], photos, unit, probability=True) for unit in UNITS
                ),
            )
        )
    return found


def photo_tables(found: Sequence[OnPhotos], others: Sequence[Beside]) -> list[Table]:
    """AUC on the codes, and with and without glasses; others' scores beside."""
    known = found[0].judged.areas
    header = [
        "reader",
        *(f"AU{e.unit} ({e.positives} of {e.positives + e.negatives})" for e in known),
    ]
    worn = ["reader", *(f"AU{u} {kind} glasses" for u in UNITS for kind in ("with", "without"))]
    rows, cells = [], []
    for one in found:
        rows.append([one.name, *map(str, one.judged.areas)])
        rows.append([f"{one.name}, less the median", *map(str, one.calibrated)])
        pairs = zip(one.judged.with_glasses, one.judged.without_glasses, strict=True)
        cells.append([one.name, *(each.brief() for pair in pairs for each in pair)])
    for other in others:
        rows.append([other.label, *other.area.under(str)])
        rows.append([f"{other.label}, less the median", *other.calibrated.under(str)])
        halves = (each.under(Area.brief) for each in (other.with_glasses, other.without_glasses))
        cells.append([other.label, *(each for pair in zip(*halves, strict=True) for each in pair)])
    return [
        ("Photographs: AUC on the consensus codes", header, rows),
        ("Photographs: AUC with and without glasses (positives in brackets)", worn, cells),
    ]


def lab_tables(name: str, figures: Mapping[str, Any]) -> list[Table]:
    """What `mien.engine.shipped_make.judge` found, as tables."""
    made: list[Table] = [
        (f"{name}: people of the lab held out", *overall(figures)),
        (f"{name}: unit by unit", *by_unit(figures)),
        (f"{name}: groups of people", *by_group(figures)),
    ]
    if "asked" in figures:
        made.append((f"{name}: free phrases", *by_phrase(figures)))
    return made


def record(
    found: Sequence[OnPhotos],
    photos: Photos,
    *,
    blendshapes: Sequence[Beside],
    peers: Sequence[tuple[Peer, Sequence[Beside]]] = (),
) -> dict[str, Any]:
    """Everything about the photographs, for JSON."""
    return {
        "photographs": len(photos),
        "no_face": list(photos.missing),
        "readers": [
            {
                "name": one.name,
                **one.judged.record(),
                "less_the_median": [each.record() for each in one.calibrated],
            }
            for one in found
        ],
        "references": {each.name: each.record() for each in blendshapes},
        "peers": [peer_record(peer, judged) for peer, judged in peers],
    }


def named(bundles: Sequence[Path]) -> dict[str, Path]:
    """Bundles by a name that tells them apart: the folder's.

    Raises:
        MienError: two folders have one name.
    """
    found = {each.name: each for each in bundles}
    if len(found) < len(bundles):
        raise MienError("two bundles have the same folder name", remedy="rename one of them")
    return found


def _shapes(photos: Photos) -> np.ndarray:
    pairs = zip(photos.landmarks, photos.scores, strict=True)
    return np.stack([geometry.describe(points, scores) for points, scores in pairs])
