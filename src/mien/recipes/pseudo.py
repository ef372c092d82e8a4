"""Stage 1 where nobody wrote down what people were doing: clusters of clips stand for activities.

CLEF's authors name corpora without activities as future work; the form is ours. `mien data pseudo`
writes the clusters into a copy of the store's manifest, which `clef-pretrain-pseudo-lab` reads.
"""

from dataclasses import replace

from mien.recipes.rows_lab import clef_pretrain_images_lab, clef_r7_lab, clef_r11_lab
from mien.recipes.run import Run


def clef_pretrain_pseudo_lab() -> Run:
    """Stage 1 by clusters of clips, images only: clusters have no text."""
    run = clef_pretrain_images_lab()
    data = replace(run.data, activities=None)
    return replace(run, name="clef-pretrain-pseudo-lab", data=data)


def clef_r7_pseudo_lab() -> Run:
    """Row 7 from clusters of clips: image head."""
    run = clef_r7_lab()
    return replace(run, name="clef-r7-pseudo-lab", init="runs/clef-pretrain-pseudo-lab")


def clef_r11_pseudo_lab() -> Run:
    """Row 11 from clusters of clips: N and D."""
    run = clef_r11_lab()
    return replace(run, name="clef-r11-pseudo-lab", init="runs/clef-pretrain-pseudo-lab")
