"""Learning rates over a run: linear warm-up, then half a cosine."""

from math import cos, pi


def factor(
    step: int,
    *,
    steps: int,
    warmup: float,
    floor: float = 0.0,
    hold: float = 0.0,
    stretch: float = 1.0,
) -> float:
    """What to multiply the peak learning rate by at `step`.

    Rises linearly from 1/warm-up steps to 1, stays there a while, then falls as half a cosine to
    `floor` (Loshchilov & Hutter, 2017, arXiv 1608.03983, eq. 5, without restarts).

    Args:
        step: steps already taken, 0 to steps - 1.
        steps: length of the run.
        warmup: fraction of the run spent rising, 0 to 1.
        floor: last factor, as a fraction of the peak.
        hold: fraction of the run spent at the peak after rising.
        stretch: length of the fall relative to the rest of the run.
    """
    rising = round(warmup * steps)
    if step < rising:
        return (step + 1) / rising
    falling = rising + round(hold * steps)
    if step < falling:
        return 1.0
    progress = min(1.0, (step - falling) / max(1.0, stretch * (steps - falling)))
    return floor + (1 - floor) * (1 + cos(pi * progress)) / 2
