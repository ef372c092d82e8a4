"""Where the middles of the lab's local shapes lie, when that is not the common head."""

from typing import Final

MIDDLES: Final[dict[str, float]] = {
    "head-scale-vert-decr": 0.32,
    "eyebrows-trans-down": 0.62,
    "eye-height2-decr": 0.22,
    "mouth-scale-horiz-incr": 0.22,
    "mouth-scale-vert-decr": 0.22,
    "mouth-upperlip-height-decr": 0.34,
    "mouth-lowerlip-height-decr": 0.25,
    "head-fat-decr": 0.15,
    "eye-trans-out": 0.13,
    "mouth-trans-up": 0.22,
    "nose-scale-vert-decr": 0.26,
    "nose-scale-horiz-incr": 0.18,
    "nose-scale-depth-decr": 0.18,
}
"""Where the middle of a pair lies when that is not 0: towards the shape named (its sides alike).

The common head has a longer face, higher brows and fuller lips than photographed adults; these
bring the means of the ratios between landmarks to theirs.
"""


def middle(name: str, other: str) -> float:
    """Mean of a pair's signed weight: positive towards `other`, negative towards `name`."""
    bare, against = (each.removeprefix("l-").removeprefix("r-") for each in (name, other))
    return MIDDLES.get(against, 0.0) - MIDDLES.get(bare, 0.0)
