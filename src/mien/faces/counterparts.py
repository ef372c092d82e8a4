"""Which blendshape comes nearest to which unit: another network's opinion, to compare with."""

from collections.abc import Mapping
from typing import Final

COUNTERPARTS: Final[Mapping[int, str]] = {
    1: "browInnerUp",
    2: "browOuterUp",
    4: "browDown",
    5: "eyeWide",
    7: "eyeSquint",
    10: "mouthUpperUp",
    12: "mouthSmile",
    15: "mouthFrown",
    16: "mouthLowerDown",
    17: "mouthShrugLower",
    18: "mouthPucker",
    20: "mouthStretch",
    22: "mouthFunnel",
    24: "mouthPress",
    26: "jawOpen",
    43: "eyeBlink",
}
"""The blendshape that comes nearest to a unit. Left out are cheekSquint, noseSneer and
mouthDimple (units 6, 9 and 14), whose scores hardly move on any photograph."""
