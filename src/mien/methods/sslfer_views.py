"""How SSLFER alters frames (Shu et al., BMVC 2022, arXiv 2210.03853; the released code's numbers).

The covered eye or mouth comes before (`mien.data.component_mask`), the ImageNet normalisation after
(the encoder's own).
"""

from dataclasses import replace
from typing import Final

from mien.data.views import View

ANCHOR: Final = View(
    scale=((112 / 128) ** 2, (112 / 128) ** 2),
    flip=0.5,
    jitter=1.0,
    brightness=0.4,
    contrast=0.4,
    saturation=0.4,
    hue=0.2,
    grey=0.2,
    blur=0.5,
    sigma=(0.1, 1.6),
)
"""A and N: a crop of 112 from 128 pixels, flip, jitter always, grey, blur. The paper's kernel of
three pixels deviates by at most 0.8 pixels of 112, whatever its sigma: so does ours."""

POSITIVE: Final = replace(ANCHOR, jitter=0.8)
"""P and Q: the same, with jitter four times out of five."""

LABELLED: Final = View(
    flip=0.5,
    jitter=0.8,
    brightness=0.4,
    contrast=0.4,
    saturation=0.4,
    hue=0.2,
    grey=0.2,
    blur=0.5,
    sigma=(0.1, 1.6),
)
"""Fine-tuning: no crop is named, the strengths are taken to be the same (our choice)."""
