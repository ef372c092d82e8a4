"""What the shader reads of the common head, the same for everyone."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from mien.lab.anatomy import head as heads

_LASHES_MEET = 7.275
"""Height between the upper and the (much shorter) lower lashes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fixed:
    """What the shader reads of the common head, the same for everyone."""

    kept: UInt8[np.ndarray, " face"]
    lash_kept: UInt8[np.ndarray, " face"]
    casting: UInt8[np.ndarray, " face"]
    """Faces that cast shadows: skin."""
    inside: Float32[np.ndarray, " vertex"]
    cloth: Float32[np.ndarray, " vertex"]
    tip: Float32[np.ndarray, " vertex"]
    local: Float32[np.ndarray, "vertex 3"]
    openness: Float32[np.ndarray, " vertex"]
    teeth: Int64[np.ndarray, " tooth"]
    """Vertices of the teeth."""
    solid_count: int
    """Faces before the hair helper, which is not drawn."""


@cache
def fixed() -> Fixed:
    """Derived once a process from the common head."""
    head = heads.head()
    group, base = head.face_group, head.vertices
    kept = np.ones(len(group), np.uint8)
    kept[(group == heads.LASHES) | (group == heads.HAIR)] = 0
    lashes = np.where(group == heads.LASHES, 2, 0).astype(np.uint8)
    box = (np.abs(base[:, 0]) < 0.36) & (base[:, 1] > 6.15) & (base[:, 1] < 7.0)
    # The mouth's walls see no sky, but neither do the lips where they touch.
    inside = (box & (base[:, 2] < 1.47) & (head.openness < 0.02)).astype(np.float32)
    openness, local = head.openness.copy(), np.zeros_like(base)
    for teeth, edge in ((heads.TEETH_UPPER, 6.565), (heads.TEETH_LOWER, 6.60)):
        rows = head.group_vertices(teeth)
        away = np.abs(base[rows, 1] - edge)
        inside[rows] = np.clip((away - 0.085) / 0.02, 0, 1)
        local[rows] = base[rows]
        openness[rows] = np.clip((1.50 - base[rows, 2]) / 0.16, 0, 1)
    neckline = 5.62 - 0.22 * np.clip(base[:, 2] - 0.3, -0.6, 0.8)
    cloth = np.clip((neckline - base[:, 1]) * 3 + 0.5, 0, 1).astype(np.float32)
    for eye in (heads.EYE_LEFT, heads.EYE_RIGHT):
        rows = head.group_vertices(eye)
        local[rows] = base[rows] - base[rows].mean(axis=0)
    return Fixed(
        kept=kept,
        lash_kept=lashes,
        casting=(group == heads.SKIN).astype(np.uint8),
        inside=inside,
        cloth=cloth,
        tip=_lash_tips(),
        local=local,
        openness=openness,
        teeth=head.group_vertices(heads.TEETH_UPPER, heads.TEETH_LOWER),
        solid_count=int((group != heads.HAIR).sum()),
    )


def _lash_tips() -> Float32[np.ndarray, " vertex"]:
    """Distance of lash vertices from the lids, 0 at the root to 1 at the tip."""
    head = heads.head()
    tip = np.zeros(len(head.vertices), np.float32)
    lids = head.vertices[head.group_vertices(heads.SKIN)]
    lids = lids[(np.abs(lids[:, 1] - 7.28) < 0.2) & (lids[:, 2] > 1.2)]
    rows = head.group_vertices(heads.LASHES)
    away = np.linalg.norm(head.vertices[rows][:, None] - lids[None], axis=2).min(axis=1)
    lower = head.vertices[rows][:, 1] < _LASHES_MEET
    tip[rows] = np.clip(away / np.where(lower, 0.022, 0.060), 0, 1)
    return tip
