"""Closed eyes: one unit in a picture, two in FACS, which tells blinks (45) from closure (43).

A model that reads pictures gives 43 wherever the eyes are shut. Held against a coder's 43 alone,
every blink that it sees would be a mistake.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from mien.study.coding import Codes, EventCodes, RowCodes
from mien.study.tables import Floats

SHUT: Final = 43
BLINK: Final = 45


def comparable(one: Codes, two: Codes) -> tuple[Codes, Codes]:
    """Both codings; of a person's held against a reading that knows no blinks, 43 means eyes shut.

    Two people's codes, and a reading's that has 45 itself, stay as they are.
    """
    if _sees_shut_eyes_only(one) and BLINK in two.units and not _read(two):
        return one, _shut(two)
    if _sees_shut_eyes_only(two) and BLINK in one.units and not _read(one):
        return _shut(one), two
    return one, two


def _read(codes: Codes) -> bool:
    return isinstance(codes, RowCodes) and codes.curve is not None


def _sees_shut_eyes_only(codes: Codes) -> bool:
    return _read(codes) and SHUT in codes.units and BLINK not in codes.units


def _shut(codes: Codes) -> Codes:
    """Codes whose 43 is 43 or 45, and that have no 45."""
    units = (*(unit for unit in codes.units if unit not in (SHUT, BLINK)), SHUT)
    if isinstance(codes, EventCodes):
        events = tuple(
            replace(each, unit=SHUT) if each.unit == BLINK else each for each in codes.events
        )
        return replace(codes, units=units, events=events)
    others = [codes.units.index(unit) for unit in units[:-1]]
    both = [codes.units.index(unit) for unit in (SHUT, BLINK) if unit in codes.units]
    return replace(
        codes,
        units=units,
        present=_with(codes.present[:, others], _either(codes.present[:, both])),
        intensity=_with(codes.intensity[:, others], _either(codes.intensity[:, both])),
    )


def _either(columns: Floats) -> Floats:
    """(rows,) the larger where one is above 0, or all are known; NaN elsewhere."""
    most = np.where(np.isnan(columns), -1.0, columns).max(axis=1)
    return np.where((most > 0) | ~np.isnan(columns).any(axis=1), most, np.nan)


def _with(columns: Floats, last: Floats) -> Floats:
    return np.concatenate([columns, last[:, None]], axis=1)
