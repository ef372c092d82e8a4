"""How a face moves: pulses of action units, and the slow drift of the head.

Everything here is a function of time: a curve is drawn once (from a generator) as a small table
of numbers, and may then be read at any instant without the instants before it.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

RISE = (0.45, 0.45)
HOLD = (1.4, 0.7)
FALL = (0.8, 0.45)
"""Median in seconds and log-sigma of a spontaneous action's onset, apex and offset.

Our choice, within what is commonly reported for spontaneous expressions: most last from half a
second to four seconds, and come up faster than they fade.
"""
SHORTEST, LONGEST = 0.08, 6.0
"""No onset, apex or offset that `timing` draws is shorter or longer, in seconds."""


def smooth_step(x: Float64[np.ndarray, "*shape"]) -> Float64[np.ndarray, "*shape"]:
    """0 below 0, 1 above 1, and 6x⁵ − 15x⁴ + 10x³ between: two continuous derivatives."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * x * (x * (x * 6.0 - 15.0) + 10.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Pulses:
    """A table of onset–apex–offset movements, one row each."""

    unit: Int64[np.ndarray, " pulse"]
    """Row of the unit in `facs.LAB_AUS`."""
    start: Float64[np.ndarray, " pulse"]
    """Seconds."""
    rise: Float64[np.ndarray, " pulse"]
    """Seconds from nothing to the peak."""
    hold: Float64[np.ndarray, " pulse"]
    """Seconds at the peak."""
    fall: Float64[np.ndarray, " pulse"]
    """Seconds from the peak to nothing."""
    peak: Float64[np.ndarray, "pulse 2"]
    """Intensity at the peak on the subject's left and right, 0 to 5."""

    @classmethod
    def none(cls) -> "Pulses":
        """An empty table."""
        empty = np.zeros(0)
        return cls(
            unit=np.zeros(0, np.int64),
            start=empty,
            rise=empty,
            hold=empty,
            fall=empty,
            peak=np.zeros((0, 2)),
        )

    @classmethod
    def rows(cls, rows: list[tuple[int, float, float, float, float, float, float]]) -> "Pulses":
        """From (unit row, start, rise, hold, fall, left peak, right peak) tuples."""
        if not rows:
            return cls.none()
        table = np.array(rows, np.float64)
        return cls(
            unit=table[:, 0].astype(np.int64),
            start=table[:, 1].copy(),
            rise=table[:, 2].copy(),
            hold=table[:, 3].copy(),
            fall=table[:, 4].copy(),
            peak=np.clip(table[:, 5:7], 0.0, 5.0),
        )

    def __len__(self) -> int:
        return len(self.unit)

    def __repr__(self) -> str:
        return f"Pulses({len(self)})"


def join(*tables: Pulses) -> Pulses:
    """All rows of all tables."""
    return Pulses(
        unit=np.concatenate([table.unit for table in tables]),
        start=np.concatenate([table.start for table in tables]),
        rise=np.concatenate([table.rise for table in tables]),
        hold=np.concatenate([table.hold for table in tables]),
        fall=np.concatenate([table.fall for table in tables]),
        peak=np.concatenate([table.peak for table in tables]),
    )


def envelope(
    times: Float64[np.ndarray, " frame"],
    *,
    start: Float64[np.ndarray, " pulse"],
    rise: Float64[np.ndarray, " pulse"],
    hold: Float64[np.ndarray, " pulse"],
    fall: Float64[np.ndarray, " pulse"],
) -> Float64[np.ndarray, "frame pulse"]:
    """Height of each pulse at each time, 0 to 1: up, level, down, and 0 outside.

    Args:
        times: seconds.
        start: seconds.
        rise: seconds, above 0.
        hold: seconds, 0 or more.
        fall: seconds, above 0.
    """
    since = times[:, None] - start
    return smooth_step(since / rise) * (1.0 - smooth_step((since - rise - hold) / fall))


def intensities(
    pulses: Pulses, times: Float64[np.ndarray, " frame"], *, units: int
) -> Float64[np.ndarray, "frame unit 2"]:
    """Intensity of every unit and side: where pulses overlap, the largest counts.

    Args:
        pulses: the movements.
        times: seconds.
        units: how many rows `facs.LAB_AUS` has.

    Returns:
        0 to 5, continuous in time, 0 where no pulse is.
    """
    result = np.zeros((len(times), units, 2))
    if not len(pulses) or not len(times):
        return result
    end = pulses.start + pulses.rise + pulses.hold + pulses.fall
    active = np.flatnonzero((pulses.start < times.max()) & (end > times.min()))
    if not len(active):
        return result
    order = active[np.argsort(pulses.unit[active], kind="stable")]
    height = envelope(
        times,
        start=pulses.start[order],
        rise=pulses.rise[order],
        hold=pulses.hold[order],
        fall=pulses.fall[order],
    )
    present, first = np.unique(pulses.unit[order], return_index=True)
    raised = height[:, :, None] * pulses.peak[order]
    result[:, present] = np.maximum.reduceat(raised, first, axis=1)
    return result


def timing(generator: np.random.Generator, *, pace: float = 1.0) -> tuple[float, float, float]:
    """Draw an onset, an apex and an offset in seconds: log-normal, see `RISE`, `HOLD`, `FALL`.

    Args:
        generator: source of randomness.
        pace: multiplies the medians; above 1 is slower.
    """
    drawn = [
        float(np.clip(pace * median * np.exp(generator.normal(0.0, sigma)), SHORTEST, LONGEST))
        for median, sigma in (RISE, HOLD, FALL)
    ]
    return drawn[0], drawn[1], drawn[2]


@dataclass(frozen=True, kw_only=True, eq=False)
class Drift:
    """A slow, bounded wander: a sum of sines whose amplitudes add up to the bound."""

    centre: Float64[np.ndarray, " axis"]
    amplitude: Float64[np.ndarray, "axis wave"]
    frequency: Float64[np.ndarray, "axis wave"]
    """Hertz."""
    phase: Float64[np.ndarray, "axis wave"]


def drift(
    generator: np.random.Generator,
    *,
    centre: tuple[float, ...],
    bound: tuple[float, ...],
    waves: int = 5,
    slowest: float = 0.03,
    fastest: float = 0.7,
) -> Drift:
    """Draw a drift that never leaves `centre` ± `bound` on any axis.

    Frequencies are log-uniform between `slowest` and `fastest` hertz; slow waves are the larger
    (amplitude falls with the square root of frequency).
    """
    shape = (len(centre), waves)
    frequency = np.exp(generator.uniform(np.log(slowest), np.log(fastest), shape))
    weight = generator.gamma(2.0, size=shape) / np.sqrt(frequency)
    weight /= weight.sum(axis=1, keepdims=True)
    return Drift(
        centre=np.array(centre, np.float64),
        amplitude=weight * np.array(bound, np.float64)[:, None],
        frequency=frequency,
        phase=generator.uniform(0.0, 2.0 * np.pi, shape),
    )


def drift_at(
    wander: Drift, times: Float64[np.ndarray, " frame"]
) -> Float64[np.ndarray, "frame axis"]:
    """Where the drift is at each time (seconds)."""
    angle = 2.0 * np.pi * wander.frequency * times[:, None, None] + wander.phase
    return wander.centre + np.sum(wander.amplitude * np.sin(angle), axis=2)
