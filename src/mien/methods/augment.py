"""How methods alter images unless told otherwise (our choices; CLEF's are not known to us)."""

from typing import Final

from mien.data.views import View

CONTRAST: Final = View(
    scale=(0.7, 1.0),
    ratio=(0.9, 1.1),
    flip=0.5,
    jitter=0.8,
    brightness=0.3,
    contrast=0.3,
    saturation=0.2,
    hue=0.05,
    grey=0.2,
)
"""Stage 1: mild crop, flip, colour jitter and grey. Strong crops would hide whole regions of
the face, and with them the units."""

LABELLED: Final = View(
    scale=(0.85, 1.0),
    ratio=(0.95, 1.05),
    flip=0.5,
    jitter=0.5,
    brightness=0.2,
    contrast=0.2,
    saturation=0.1,
)
"""Learning from labels: milder still, since the label must stay visible."""

CLIP: Final = View(scale=(0.85, 1.0), ratio=(0.95, 1.05), flip=0.5)
"""Frames of a clip, all alike: hardly anything, since CLP's figure shows no change here."""

SHIFTED: Final = View(
    scale=(0.5, 0.9),
    ratio=(0.9, 1.1),
    jitter=1.0,
    brightness=0.3,
    contrast=0.3,
    saturation=0.2,
    hue=0.05,
    grey=0.2,
)
"""CLP's transform of the target, as its figure draws it: a tighter crop, shifted colours."""
