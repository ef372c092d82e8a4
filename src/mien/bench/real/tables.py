"""The judgement by real faces as tables and as a record."""

from collections.abc import Sequence
from typing import Any, Final

from mien.bench.real import orl_measure
from mien.bench.real.beside import Beside
from mien.bench.real.orl_codes import UNITS
from mien.bench.real.orl_measure import BROWS
from mien.bench.real.orl_photos import Photos
from mien.bench.real.taught import Result
from mien.bench.record import Table

NOTES: Final = (
    *orl_measure.NOTES,
    (
        "Rank correlations are Spearman's, with the blendshape named; `within` takes each person's "
        "median off both sides first. Blendshapes are another network's opinion, no truth."
    ),
)


def tables(found: Sequence[Result], shapes: Sequence[Beside]) -> list[Table]:
    """Everything worth reading; correlations of averages alone where there are any.

    Args:
        found: our readers.
        shapes: the blendshapes as readers.
    """
    averages = [one for one in found if one.averaged]
    result = [_areas(found, shapes), _glasses(found), _correlations(averages or found)]
    if any(one.lab for one in found):
        result.append(_lab(found))
    return result


def figures(found: Sequence[Result], photos: Photos, shapes: Sequence[Beside]) -> dict[str, Any]:
    """Everything, for JSON."""
    return {
        "photographs": len(photos),
        "people": len(set(photos.codes.subjects)),
        "no_face": list(photos.missing),
        "readers": [
            {"name": one.name, "lab_auc": dict(one.lab), **one.judged.record()} for one in found
        ],
        "references": {each.name: each.area.record() for each in shapes},
    }


def _areas(found: Sequence[Result], shapes: Sequence[Beside]) -> Table:
    known = found[0].judged.areas
    counts = [f"AU{one.unit} ({one.positives} of {one.positives + one.negatives})" for one in known]
    rows = [[one.name, *map(str, one.judged.areas)] for one in found]
    rows += [[each.name, *each.area.under(str)] for each in shapes]
    header = ["reader", *counts]
    return ("AUC on the consensus codes; blendshapes as readers for reference", header, rows)


def _glasses(found: Sequence[Result]) -> Table:
    header = ["reader", *(f"AU{unit} {kind}" for unit in UNITS for kind in ("with", "without"))]
    rows = []
    for one in found:
        pairs = zip(one.judged.with_glasses, one.judged.without_glasses, strict=True)
        rows.append([one.name, *(each.brief() for pair in pairs for each in pair)])
    return ("AUC with and without glasses (positives in brackets)", header, rows)


def _correlations(found: Sequence[Result]) -> Table:
    header = ["unit", "blendshape"]
    for one in found:
        header += [f"{one.name}, all", f"{one.name}, within"]
    rows = []
    for place, first in enumerate(found[0].judged.correlations):
        name = f"**AU{first.unit}**" if first.unit in BROWS else f"AU{first.unit}"
        row = [name, first.counterpart]
        for one in found:
            each = one.judged.correlations[place]
            row += [f"{each.value:.2f}", f"{each.within:.2f} ({each.low:.2f} to {each.high:.2f})"]
        rows.append(row)
    return ("Rank correlation with blendshapes (brow units in bold)", header, rows)


def _lab(found: Sequence[Result]) -> Table:
    looks = list(dict.fromkeys(look for one in found for look in one.lab))
    header = ["reader", *(f"tested on {look}" for look in looks), "AU12 ORL", "AU25 ORL"]
    rows = []
    for one in found:
        cells = [f"{one.lab[look]:.3f}" if look in one.lab else "" for look in looks]
        areas = {each.unit: f"{each.value:.3f}" for each in one.judged.areas}
        rows.append([one.name, *cells, areas[12], areas[25]])
    return ("Mean AUC of all units on held-out people of each look", header, rows)
