"""From action units to weights of the head's targets: one table, and what does not add up.

The table is ours. It pairs each unit of FACS with the ARKit and MakeHuman units that move the
same tissue the same way, at weights chosen by eye so that 5 is the strongest a person would show.
"""

import numpy as np

from mien.facs import LAB_AUS, SIDES
from mien.lab.expression import FaceState

_STRONGEST = 5.0

SIDED: dict[int, dict[str, float]] = {
    1: {"face/browInnerUp.{side}": 1.6, "unit/eyebrows-{side}-inner-up": 1.1},
    2: {
        "face/browOuterUp{Side}": 1.05,
        "unit/eyebrows-{side}-extern-up": 0.25,
        "unit/eyebrows-{side}-up": 0.7,
    },
    4: {
        "face/browDown{Side}": 1.2,
        "unit/eyebrows-{side}-down": 0.3,
        "own/browTogether.{side}": 0.5,
    },
    5: {"face/eyeWide{Side}": 1.1},
    6: {"face/cheekSquint{Side}": 1.25, "face/eyeSquint{Side}": 0.25, "own/cheekUp.{side}": 1.0},
    7: {"face/eyeSquint{Side}": 0.95, "own/lidTight.{side}": 0.6},
    9: {
        "face/noseSneer{Side}": 1.6,
        "unit/nose-{side}-elevation": 1.0,
        "face/mouthUpperUp{Side}": 0.3,
    },
    10: {
        "face/mouthUpperUp{Side}": 1.15,
        "face/noseSneer{Side}": 0.15,
        "unit/nose-{side}-elevation": 0.5,
    },
    12: {
        "face/mouthSmile{Side}": 0.5,
        "unit/mouth-corner-puller.{side}": 0.35,
        "face/mouthStretch{Side}": 0.35,
        "unit/mouth-retraction.{side}": 0.3,
        "face/mouthLowerDown{Side}": 0.25,
        "face/mouthUpperUp{Side}": 0.08,
        "own/lipsThin.{side}": 0.16,
        "face/cheekSquint{Side}": 0.2,
        "own/cheekUp.{side}": 0.55,
    },
    14: {
        "face/mouthDimple{Side}": 0.6,
        "own/cornerIn.{side}": 1.25,
        "own/cornerBulge.{side}": 1.0,
        "unit/mouth-depression.{side}": 0.15,
        "own/lipsThin.{side}": 0.2,
    },
    15: {"face/mouthFrown{Side}": 1.1, "unit/mouth-depression.{side}": 0.4},
    16: {"face/mouthLowerDown{Side}": 1.1},
    17: {"face/mouthShrugLower.{side}": 1.2, "own/chinUp.{side}": 1.1},
    18: {"face/mouthPucker.{side}": 0.95, "unit/mouth-pursing.{side}": 0.45},
    20: {"face/mouthStretch{Side}": 1.3, "unit/mouth-retraction.{side}": 0.5},
    22: {"unit/mouth-protusion.{side}": 0.55, "face/mouthFunnel.{side}": 0.45},
    23: {"own/lipsThin.{side}": 0.55, "own/lipsIn.{side}": 0.4, "face/mouthPucker.{side}": 0.35},
    24: {
        "own/lipsThin.{side}": 0.62,
        "own/lipsIn.{side}": 0.3,
        "face/mouthPress{Side}": 0.2,
        "face/mouthStretch{Side}": 0.15,
        "own/chinUp.{side}": 0.35,
    },
    28: {
        "own/lipsThin.{side}": 0.9,
        "own/lipsIn.{side}": 1.0,
        "face/mouthRollLower.{side}": 0.3,
        "face/mouthRollUpper.{side}": 0.3,
    },
}
"""Weights at intensity 5 for each side, by target name with the side filled in."""


CURVES: dict[int, float] = {25: 0.75, 43: 1.5, 45: 1.5}
"""Units that do not act linearly, with the power of their share of 5: lips that part at all leave a
gap to be seen, and lids droop before they close."""


def target_weights(face: FaceState) -> dict[str, float]:
    """Weights of the head's targets for a face; targets not named stay at 0.

    Units act linearly up to 5 except where tissue or bone forbids the sum:
    lids (5, 7, 43, 45, 6), lips and jaw (25, 26, 27, 28, 23, 24), and corners (12, 14, 15, 20).
    """
    amount = {
        unit: np.clip(face.intensity[row] / _STRONGEST, 0.0, 1.0).astype(float)
        ** CURVES.get(unit, 1.0)
        for row, unit in enumerate(LAB_AUS)
    }
    weights: dict[str, float] = {}
    for column, side in enumerate(SIDES):
        _side_weights(weights, {unit: float(v[column]) for unit, v in amount.items()}, side)
    _jaw_weights(weights, {unit: float(v.max()) for unit, v in amount.items()})
    _lid_follow(weights, face.gaze, amount)
    if face.tongue:
        weights["face/tongueOut"] = float(face.tongue)
    return weights


def _add(weights: dict[str, float], name: str, value: float) -> None:
    weights[name] = weights.get(name, 0.0) + value


def _side_weights(weights: dict[str, float], amount: dict[int, float], side: str) -> None:
    """What one side's muscles do, after the competition between them is settled."""
    amount = _settle(amount)
    for unit, targets in SIDED.items():
        if not amount[unit]:
            continue
        for pattern, weight in targets.items():
            name = pattern.format(side=side, Side=side.title())
            _add(weights, name, weight * amount[unit])
    _hold_lips(weights, amount, side)
    closed = max(amount[43], amount[45])
    # The eye's ring muscle (6, 7) lowers the upper lid a little, too.
    narrowed = (0.12 * amount[6] + 0.08 * amount[7]) * (1.0 - closed)
    _add(weights, f"face/eyeBlink{side.title()}", closed + narrowed)
    _add(weights, f"own/lidArch.{side}", 4.0 * closed * (1.0 - closed))
    open_jaw = max(amount[26], amount[27])
    # Funnelled lips (22) stand apart by themselves.
    parted = amount[25] * (1.0 - 0.6 * open_jaw) * (1.0 - 0.7 * amount[22])
    lowered = 0.65 * (1.0 - 0.8 * open_jaw) * (1.0 - 0.4 * amount[12])
    _add(weights, f"face/mouthLowerDown{side.title()}", lowered * parted)
    _add(weights, f"face/mouthUpperUp{side.title()}", (0.25 + 0.6 * amount[12]) * parted)
    # The lower lip of a hanging jaw still covers most of the lower teeth.
    _add(weights, f"face/mouthShrugLower.{side}", 0.6 * open_jaw * amount[25])
    _add(weights, f"unit/mouth-parling.{side}", parted)


def _hold_lips(weights: dict[str, float], amount: dict[int, float], side: str) -> None:
    """Lips that nothing parts (25, 27, 22) touch, however their edges are drawn (9, 10, 16)."""
    held = 1.0
    for unit in (25, 27, 22):
        held *= 1.0 - min(1.0, 2.0 * amount[unit])
    raised = sum(SIDED[unit]["face/mouthUpperUp{Side}"] * amount[unit] for unit in (9, 10))
    lowered = SIDED[16]["face/mouthLowerDown{Side}"] * amount[16]
    for lip, edge, away in (("Upper", "Up", raised), ("Lower", "Down", lowered)):
        slack = 1.0 - 0.3 * held  # touching lips give a little less
        _add(weights, f"face/mouth{lip}{edge}{side.title()}", (slack - 1.0) * away)
        _add(weights, f"own/{lip.lower()}Rim.{side}", held * slack * away)


def _settle(amount: dict[int, float]) -> dict[int, float]:
    """Units of one side after those that cannot act together have given way.

    - A closed lid (43, 45) can be neither raised (5) nor further tightened (7).
    - A wrinkled nose (9) has drawn the brows down already, so that 4 adds less.
    - Cheeks that narrow the eye (6) leave less of that to 7.
    - Raising (5) and tightening (7) act on opposite lids and keep most of themselves.
    - Corners: 15 takes from 12's rise and 12 from 15's fall, so that together they go sideways.
    - Pressed or sucked lips (24, 28) undo parting (25), and 28 hides what 23 would show.
    """
    a = dict(amount)
    closed = max(a[43], a[45])
    a[5] *= 1.0 - closed
    a[7] *= 1.0 - 0.8 * closed
    a[6] *= 1.0 - 0.3 * closed
    a[7] *= (1.0 - 0.3 * a[5]) * (1.0 - 0.4 * a[6])
    a[4] *= 1.0 - 0.4 * a[9]
    pull, drop = a[12], a[15]
    a[12], a[15] = pull * (1.0 - 0.35 * drop), drop * (1.0 - 0.35 * pull)
    a[20] *= 1.0 - 0.5 * pull
    a[14] *= 1.0 - 0.5 * pull
    a[25] *= 1.0 - max(a[24], a[28])
    for unit in (16, 10):
        a[unit] *= 1.0 - 0.8 * max(a[24], a[28])
    a[23] *= 1.0 - a[28]
    a[24] *= 1.0 - 0.5 * a[28]
    opening = max(a[26], a[27])
    for unit in (17, 24, 18, 23):
        a[unit] *= 1.0 - 0.6 * opening * a[25]
    a[18], a[22] = a[18] * (1.0 - 0.5 * a[22]), a[22] * (1.0 - 0.3 * a[18])
    return a


def _jaw_weights(weights: dict[str, float], amount: dict[int, float]) -> None:
    """Jaw drop (26), mouth stretch (27), and lips held together over a dropped jaw."""
    drop = max(0.6 * amount[26], 1.25 * amount[27])
    if amount[28]:
        drop = max(drop, 0.12 * amount[28])
    if not drop:
        return
    # Lips that nothing parts stay together; a stretched mouth (27) parts them by itself.
    together = (1.0 - min(1.0, 2.0 * amount[25])) * (1.0 - min(1.0, 2.0 * amount[27]))
    together *= 1.0 - min(1.0, 2.0 * amount[22])
    drop *= 1.0 - 0.4 * together  # closed lips hold the jaw back
    _add(weights, "face/jawOpen", drop)
    _add(weights, "face/mouthClose", drop * together)


def _lid_follow(
    weights: dict[str, float], gaze: tuple[float, float], amount: dict[int, np.ndarray]
) -> None:
    """Lids follow the eye up and down (the eyes themselves are turned by the renderer).

    A lid that looks down sinks by most of what the iris does, as far as it is not shut anyway.
    """
    _, pitch = gaze
    for column, side in enumerate(SIDES):
        shut = float(max(amount[43][column], amount[45][column]))
        down = 1.6 * float(np.clip(-pitch / 30.0, 0.0, 1.0)) * (1.0 - shut)
        _add(weights, f"face/eyeLookDown{side.title()}", down)
        _add(weights, f"face/eyeLookUp{side.title()}", float(np.clip(pitch / 30.0, 0.0, 1.0)))


FOLD_UNITS: dict[str, dict[int, float]] = {
    "forehead_inner": {1: 1.0},
    "forehead_outer": {2: 1.0},
    "glabella": {4: 1.0, 9: 0.4},
    "nose": {9: 1.0, 10: 0.15},
    "crow": {6: 1.0, 12: 0.15},
    "under_eye": {6: 0.7, 7: 0.8, 9: 0.3},
    "nasolabial": {12: 0.8, 10: 0.9, 9: 0.6, 6: 0.25, 20: 0.25},
    "dimple": {14: 0.8, 12: 0.3, 20: 0.2},
    "marionette": {15: 1.0, 20: 0.2},
    "chin": {17: 1.0, 24: 0.25, 15: 0.2},
    "mentolabial": {17: 0.7, 16: 0.4, 24: 0.3},
    "lip_lines": {18: 0.9, 23: 0.8, 24: 0.3},
}
"""Which units deepen which folds of the skin (`atlas.FOLDS`), per side, at intensity 5."""


def fold_depths(face: FaceState) -> dict[str, tuple[float, float]]:
    """Depth 0-1 of each fold on the left and right."""
    share = np.clip(face.intensity / _STRONGEST, 0.0, 1.0)
    rows = {unit: row for row, unit in enumerate(LAB_AUS)}
    depths = {}
    for fold, units in FOLD_UNITS.items():
        pair = np.zeros(2)
        for unit, weight in units.items():
            pair = np.maximum(pair, weight * share[rows[unit]])
        depths[fold] = (float(pair[0]), float(pair[1]))
    return depths
