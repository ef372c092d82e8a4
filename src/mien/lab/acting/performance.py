"""What one person does during one clip, readable at any instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from jaxtyping import Float64, Int64

from mien.facs import CIRCUMPLEX, LAB_AUS, PROTOTYPES
from mien.lab.acting.elicit import EMOTIONS, Bout
from mien.lab.acting.eyes import Gaze, gaze_at
from mien.lab.acting.motion import Drift, Pulses, drift_at, envelope, intensities

TURN: Final[Mapping[str, tuple[float, float, float, float]]] = MappingProxyType(
    {
        "amusement": (0.0, 5.0, 0.0, 0.0),
        "sadness": (0.0, -7.0, 0.0, -8.0),
        "surprise": (0.0, 4.0, 0.0, 0.0),
        "startle": (4.0, -5.0, 0.0, 0.0),
        "fear": (5.0, 2.0, 0.0, 0.0),
        "disgust": (8.0, -2.0, 4.0, 0.0),
        "contempt": (4.0, 4.0, 4.0, -5.0),
        "embarrassment": (8.0, -8.0, 4.0, -10.0),
        "pain": (5.0, -5.0, 4.0, 0.0),
    }
)
"""Where head (yaw, pitch, roll) and gaze (pitch) go in a full-blown state, degrees. Yaw and roll
go to either side. Our choice."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Performance:
    """One clip's worth of behaviour."""

    bouts: tuple[Bout, ...]
    pulses: Pulses
    """Everything else the face does: speech, blinks, habits, unrelated movements."""
    gaze: Gaze
    head: Drift
    """Yaw, pitch, roll in degrees."""


@dataclass(frozen=True, kw_only=True, eq=False)
class States:
    """A performance read at some times."""

    intensity: Float64[np.ndarray, "frame unit 2"]
    """0 to 5, rows of units as in `facs.LAB_AUS`, left and right."""
    emotion: Int64[np.ndarray, " frame"]
    """Index in `elicit.EMOTIONS` of the strongest state, -1 where there is none."""
    felt: Float64[np.ndarray, " frame"]
    """Its strength now, 0 to 1."""
    shown: Float64[np.ndarray, " frame"]
    """Share of its prototype that the bout's own units cover now, 0 to 1."""
    affect: Float64[np.ndarray, "frame 2"]
    """Valence and arousal, -1 to 1."""
    gaze: Float64[np.ndarray, "frame 2"]
    head: Float64[np.ndarray, "frame 3"]

    def __repr__(self) -> str:
        return f"States({len(self.felt)} frames, intensity {self.intensity.shape})"


def read(performance: Performance, times: Float64[np.ndarray, " frame"]) -> States:
    """What face, head and eyes do at each time (seconds).

    Valence and arousal are the place of the strongest state on `facs.CIRCUMPLEX`, scaled by its
    strength: of what is felt, whether shown or not.
    """
    head = drift_at(performance.head, times)
    gaze = gaze_at(performance.gaze, times)
    emotion = np.full(len(times), -1, np.int64)
    felt, shown = np.zeros(len(times)), np.zeros(len(times))
    raised = [intensities(performance.pulses, times, units=len(LAB_AUS))]
    for each in performance.bouts:
        height = bout_height(each, times)
        if not height.any():
            continue
        acting = intensities(each.pulses, times, units=len(LAB_AUS))
        raised.append(acting)
        turn = np.array(TURN.get(each.emotion, (0.0, 0.0, 0.0, 0.0))) * each.felt * each.turn
        head += height[:, None] * turn[:3] * (each.side, 1.0, each.side)
        gaze[:, 1] += height * turn[3]
        stronger = each.felt * height > felt
        emotion[stronger] = EMOTIONS.index(each.emotion)
        felt[stronger] = (each.felt * height)[stronger]
        shown[stronger] = visible(each.emotion, acting)[stronger]
    places = np.array([(0.0, 0.0), *(CIRCUMPLEX[name] for name in EMOTIONS)])
    return States(
        intensity=settle(np.max(raised, axis=0)),
        emotion=emotion,
        felt=felt,
        shown=shown,
        affect=places[emotion + 1] * felt[:, None],
        gaze=np.clip(gaze, (-35.0, -30.0), (35.0, 25.0)),
        head=np.clip(head, (-45.0, -30.0, -30.0), (45.0, 30.0, 30.0)),
    )


def visible(
    emotion: str, acting: Float64[np.ndarray, "frame unit 2"]
) -> Float64[np.ndarray, " frame"]:
    """Share of a prototype that intensities cover, 0 to 1: Σ min(shown, full) / Σ full.

    Units below an intensity of 1 do not count as shown.
    """
    prototype = PROTOTYPES[emotion]
    full = np.array([prototype.get(unit, 0.0) for unit in LAB_AUS])
    sides = acting.max(axis=2)
    return np.where(sides >= 1.0, np.minimum(sides, full), 0.0).sum(axis=1) / full.sum()


def bout_height(each: Bout, times: Float64[np.ndarray, " frame"]) -> Float64[np.ndarray, " frame"]:
    """How far a bout is up at each time, 0 to 1."""
    return envelope(
        times,
        start=np.array([each.start]),
        rise=np.array([each.rise]),
        hold=np.array([each.hold]),
        fall=np.array([each.fall]),
    )[:, 0]


def settle(intensity: Float64[np.ndarray, "*shape unit 2"]) -> Float64[np.ndarray, "*shape unit 2"]:
    """Let units that exclude or imply each other come to terms; the result is what is labelled.

    Shut lids (43, 45) leave no raised lid (5). A jaw stretched open (27) is no dropped jaw (26);
    either opens the lips (25), and so do a strongly raised upper lip (10), a lowered lower one (16)
    and lips that funnel (22), unless they press (24) or are sucked in (28), which also keeps the
    jaw nearly up. Stretched lips (20) neither pucker (18) nor funnel (22).
    """
    result = intensity.copy()

    def unit(number: int) -> Float64[np.ndarray, "*shape 2"]:
        return result[..., LAB_AUS.index(number), :]

    closed = np.clip(np.maximum(unit(43), unit(45)) / 3.0, 0.0, 1.0)
    unit(5)[...] *= 1.0 - closed
    unit(26)[...] *= 1.0 - np.clip(unit(27), 0.0, 1.0)
    jaw = np.maximum(0.6 * unit(26), 0.8 * unit(27))
    drawn = np.maximum.reduce([unit(10) - 3.0, unit(16) - 1.5, unit(22)])
    drawn = drawn.max(axis=-1, keepdims=True)  # lips part in the middle, whichever side draws
    unit(25)[...] = np.maximum(np.maximum(unit(25), jaw), drawn)
    shut = np.clip((np.maximum(unit(24), unit(28)) - 0.5) / 1.5, 0.0, 1.0)
    for number, yields in ((25, 1.0), (26, 0.8), (27, 1.0), (22, 0.7)):
        unit(number)[...] *= 1.0 - yields * shut
    stretched = np.clip(unit(20) / 3.0, 0.0, 1.0)
    for number in (18, 22):
        unit(number)[...] *= 1.0 - 0.8 * stretched
    return result


def with_resting(
    active: Float64[np.ndarray, "unit 2"], resting: Float64[np.ndarray, "unit 2"]
) -> Float64[np.ndarray, "unit 2"]:
    """What a face shows: labelled action on top of how it looks at rest, settled.

    Whether lips and jaw are open is the label's affair alone: a mouth that looks pressed (24) or
    raised (10) at rest neither shuts nor opens them.
    """
    shown = settle(np.clip(active + resting * (1.0 - active / 5.0), 0.0, 5.0))
    opening = [LAB_AUS.index(unit) for unit in (22, 25, 26, 27)]
    shown[opening] = active[opening]
    pressed, parted = LAB_AUS.index(24), LAB_AUS.index(25)
    shown[pressed] = np.where(active[parted].max() > 0.0, active[pressed], shown[pressed])
    return shown
