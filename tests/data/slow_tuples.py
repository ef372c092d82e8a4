"""SSLFER's tuples as loops: what may be drawn from a frame, frame by frame."""

from math import floor, sqrt

SLACK = 1e-6


def near(times: list[float], at: int, shift: float) -> int:
    """The other frame nearest to `shift` seconds from frame `at`, on that side."""
    side = range(at + 1, len(times)) if shift > 0 else range(at)
    return min(side, key=lambda one: abs(times[one] - times[at] - shift))


def fits(times: list[float], at: int, shift: float) -> bool:
    return times[0] - SLACK <= times[at] + shift <= times[-1] + SLACK


def near_chances(times: list[float], at: int, weights: list[int], rate: float) -> dict[int, float]:
    """Each possible P of frame `at` with its probability."""
    found: dict[int, float] = {}
    for n, weight in enumerate(weights):
        shift = floor(n + sqrt(25 / 6)) / rate
        sides = [side for side in (shift, -shift) if fits(times, at, side)]
        for side in sides:
            place = near(times, at, side)
            found[place] = found.get(place, 0.0) + weight / sum(weights) / len(sides)
    return found


def shiftable(times: list[float], at: int, rate: float) -> bool:
    return fits(times, at, 6 / rate) or fits(times, at, -6 / rate)


def far_chances(times: list[float], at: int, rate: float) -> dict[int, float]:
    """Each possible N of frame `at` with its probability."""
    usable = [one for one in range(len(times)) if shiftable(times, one, rate)]
    after = [one for one in usable if times[one] - times[at] >= 12 / rate - SLACK]
    before = [one for one in usable if times[at] - times[one] >= 13 / rate - SLACK]
    sides = [side for side in (after, before) if side]
    return {one: 1 / len(sides) / len(side) for side in sides for one in side}


def anchors(times: list[float], rate: float) -> list[int]:
    return [
        at
        for at in range(len(times))
        if shiftable(times, at, rate) and far_chances(times, at, rate)
    ]
