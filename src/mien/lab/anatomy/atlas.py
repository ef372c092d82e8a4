"""The skin laid flat: texture coordinates, and maps of where things are on every face.

A cylinder around the head's axis, far denser in front than behind. Everything painted
on the skin is painted here, in terms of the common head, and so follows identity and expression.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from jaxtyping import Float32

from mien.lab.anatomy import head as heads
from mien.lab.anatomy.folds import Fold, Patch, crease, folds, lid_bulge
from mien.lab.kernels.raster import NOTHING, rasterise

SIZE = 320
"""Side of every map in texels."""

_AXIS_DEPTH = 0.35
_ACROSS = ((-1.0, -0.36, 0.36, 1.0), (0.0, 0.10, 0.90, 1.0))
"""Angles about the axis (in half turns) and where they lie across the map: dense in front."""
_DOWN = ((8.52, 7.75, 6.10, 5.90), (0.0, 0.14, 0.95, 1.0))
"""Heights and where they lie down the map: dense from chin to forehead."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Atlas:
    """Maps of (SIZE, SIZE), 0-1 unless said otherwise."""

    uv: Float32[np.ndarray, "vertex 2"]
    """Column and row of each vertex, in texels."""
    place: Float32[np.ndarray, "size size 3"]
    """Resting position of each texel."""
    lips: Float32[np.ndarray, "size size"]
    cheeks: Float32[np.ndarray, "size size"]
    """Where blood shows."""
    freckles: Float32[np.ndarray, "size size"]
    under_eye: Float32[np.ndarray, "size size"]
    lid_edge: Float32[np.ndarray, "size size"]
    lid_skin: Float32[np.ndarray, "size size"]
    beard: Float32[np.ndarray, "size size"]
    moustache: Float32[np.ndarray, "size size"]
    oily: Float32[np.ndarray, "size size"]
    brow_along: Float32[np.ndarray, "size size"]
    """0 at the inner end of the brow, 1 at the tail; negative before the inner end."""
    brow_above: Float32[np.ndarray, "size size"]
    """Signed distance above the brow's middle line in model units."""
    hairline: Float32[np.ndarray, "size size"]
    """Signed distance behind an average hairline in model units."""
    lip_line: Float32[np.ndarray, "size size"]
    """Where the lips meet."""
    folds: tuple[Fold, ...]
    crease: Patch
    """The fold above the upper lid."""
    lid_bulge: Patch
    """The roundness of a closed lid."""


def coordinates(places: Float32[np.ndarray, "point 3"]) -> Float32[np.ndarray, "point 2"]:
    """Texels (column, row) of resting positions."""
    angle = np.arctan2(places[:, 0], places[:, 2] - _AXIS_DEPTH) / np.pi
    across = np.interp(angle, *_ACROSS)
    down = np.interp(-places[:, 1], [-height for height in _DOWN[0]], _DOWN[1])
    return (np.stack([across, down], axis=1) * SIZE).astype(np.float32)


@cache
def atlas() -> Atlas:
    """Every map, made once a process from the common head."""
    head = heads.head()
    uv = coordinates(head.vertices)
    place = _places(uv)
    landmarks = landmark_places()
    x, y = np.abs(place[..., 0]), place[..., 1]
    along, above = _brow(place)
    return Atlas(
        uv=uv,
        place=place,
        lips=_lips(landmarks),
        cheeks=_cheeks(place),
        freckles=_spot(x, y, (0.25, 7.05), (0.28, 0.16)),
        under_eye=_spot(x, y, (0.28, 7.165), (0.14, 0.045)),
        lid_edge=_lid_edge(landmarks),
        lid_skin=_spot(x, y, (0.31, 7.36), (0.15, 0.055)),
        beard=_beard(place),
        moustache=_moustache(place),
        oily=_oily(x, y),
        brow_along=along,
        brow_above=above,
        hairline=hairline(place.reshape(-1, 3)).reshape(SIZE, SIZE),
        lip_line=_lip_line(landmarks),
        folds=folds(place),
        crease=crease(place),
        lid_bulge=lid_bulge(place),
    )


def landmark_places() -> Float32[np.ndarray, "478 3"]:
    """Resting positions of the landmarks on the common head."""
    head = heads.head()
    corners = head.vertices[head.landmark_corners]
    return (corners * head.landmark_weights[:, :, None]).sum(axis=1)


def _places(uv: np.ndarray) -> np.ndarray:
    """Resting position of each texel: the outermost skin there; holes take the nearest."""
    head = heads.head()
    radius = np.hypot(head.vertices[:, 0], head.vertices[:, 2] - _AXIS_DEPTH) + 1.0
    screen = np.concatenate([uv, radius[:, None]], axis=1).astype(np.float32)
    seam = np.ptp(uv[head.faces][:, :, 0], axis=1) > SIZE / 2
    kept = ((head.face_group == heads.SKIN) & ~seam).astype(np.uint8) * np.uint8(2)
    nearness = np.zeros((SIZE, SIZE), np.float32)
    face_of = np.full((SIZE, SIZE), NOTHING, np.int32)
    weights = np.zeros((SIZE, SIZE, 2), np.float32)
    rasterise(screen, head.faces, kept, nearness, face_of, weights)
    seen = face_of != NOTHING
    corners = head.vertices[head.faces[face_of]]
    third = 1 - weights.sum(axis=2, keepdims=True)
    shares = np.concatenate([weights, third], axis=2)
    place = (corners * shares[..., None]).sum(axis=2)
    _, nearest = cv2.distanceTransformWithLabels(
        (~seen).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros((nearest.max() + 1, 3), np.float32)
    table[nearest[seen]] = place[seen]
    return np.where(seen[..., None], place, table[nearest]).astype(np.float32)


def _smooth(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between (either order)."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def _spot(
    x: np.ndarray, y: np.ndarray, centre: tuple[float, float], radius: tuple[float, float]
) -> np.ndarray:
    """An elliptic Gaussian on both sides (x is already its distance from the midline)."""
    square = ((x - centre[0]) / radius[0]) ** 2 + ((y - centre[1]) / radius[1]) ** 2
    return np.exp(-square).astype(np.float32)


_LIPS_OUTER = (
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375),
    *(291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
)


def _lips(landmarks: np.ndarray) -> np.ndarray:
    drawn = np.zeros((SIZE, SIZE), np.uint8)
    points = coordinates(landmarks[list(_LIPS_OUTER)])
    cv2.fillPoly(drawn, [np.round(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(drawn.astype(np.float32) / 255, (0, 0), 1.7)


_LIPS_INNER = (
    *(78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
    *(324, 318, 402, 317, 14, 87, 178, 88, 95, 78),
)


def _lip_line(landmarks: np.ndarray) -> np.ndarray:
    """The lips' inner rims, which meet when the mouth is shut."""
    drawn = np.zeros((SIZE, SIZE), np.uint8)
    points = np.round(coordinates(landmarks[list(_LIPS_INNER)]) * 16).astype(np.int32)
    cv2.polylines(drawn, [points], False, 255, 2, cv2.LINE_AA, 4)
    line = cv2.GaussianBlur(drawn.astype(np.float32) / 255, (0, 0), 1.3) * 1.8
    return np.clip(line, 0, 1)


def _cheeks(place: np.ndarray) -> np.ndarray:
    x, y = np.abs(place[..., 0]), place[..., 1]
    nose = _spot(x, y, (0.0, 6.90), (0.13, 0.10))
    cheek = _spot(x, y, (0.36, 6.95), (0.20, 0.18))
    ears = _smooth(x, 0.70, 0.80) * 0.7
    chin = _spot(x, y, (0.0, 6.28), (0.16, 0.10)) * 0.5
    return np.clip(np.maximum.reduce([nose * 0.9, cheek, ears, chin]), 0, 1).astype(np.float32)


def _oily(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    forehead = _spot(x, y, (0.0, 7.75), (0.35, 0.22))
    nose = _spot(x, y, (0.0, 6.98), (0.09, 0.25))
    cheek = _spot(x, y, (0.36, 7.05), (0.16, 0.14))
    return (0.45 + 0.55 * np.maximum.reduce([forehead, nose, cheek * 0.7])).astype(np.float32)


_LIDS_UPPER = (
    (362, 398, 384, 385, 386, 387, 388, 466, 263),
    (133, 173, 157, 158, 159, 160, 161, 246, 33),
)
_LIDS_LOWER = (
    (362, 382, 381, 380, 374, 373, 390, 249, 263),
    (133, 155, 154, 153, 145, 144, 163, 7, 33),
)


def _lid_edge(landmarks: np.ndarray) -> np.ndarray:
    """The roots of the lashes: a thin line, stronger above."""
    drawn = np.zeros((SIZE, SIZE), np.uint8)
    for lines, strength in ((_LIDS_LOWER, 110), (_LIDS_UPPER, 255)):
        for line in lines:
            points = np.round(coordinates(landmarks[list(line)]) * 16).astype(np.int32)
            thick = 3 if strength == 255 else 2
            cv2.polylines(drawn, [points], False, strength, thick, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(drawn.astype(np.float32) / 255, (0, 0), 0.9)


_BROW_LINE = np.array(
    [[0.095, 7.440], [0.20, 7.476], [0.31, 7.500], [0.40, 7.493], [0.50, 7.443], [0.57, 7.388]]
)
"""The average brow's middle line over the bony ridge of the common head: x, y."""


def _brow(place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position along the brow and height above its middle line; the same on both sides."""
    x, y = np.abs(place[..., 0]), place[..., 1]
    along = (x - _BROW_LINE[0, 0]) / (_BROW_LINE[-1, 0] - _BROW_LINE[0, 0])
    line = np.polynomial.Polynomial.fit(_BROW_LINE[:, 0], _BROW_LINE[:, 1], 4)
    above = y - line(np.clip(x, _BROW_LINE[0, 0], _BROW_LINE[-1, 0]))
    front = place[..., 2] > 0.9
    return along.astype(np.float32), np.where(front, above, 9.0).astype(np.float32)


def _beard(place: np.ndarray) -> np.ndarray:
    """Jaw, chin and the upper throat, from the sideburns down."""
    x, y, z = np.abs(place[..., 0]), place[..., 1], place[..., 2]
    line = 6.63 + 0.28 * _smooth(x, 0.36, 0.62) + 0.25 * _smooth(x, 0.6, 0.72)
    below = _smooth(line - y, -0.02, 0.10)
    above_throat = _smooth(y, 5.98, 6.14)
    in_front = _smooth(z, 0.45, 0.62)
    lip = 1 - _spot(x, y, (0.0, 6.60), (0.26, 0.085)) ** 0.5
    return (below * above_throat * in_front * np.clip(lip * 1.4, 0, 1)).astype(np.float32)


def _moustache(place: np.ndarray) -> np.ndarray:
    x, y, z = np.abs(place[..., 0]), place[..., 1], place[..., 2]
    arch = 6.73 - 0.55 * np.clip(x - 0.08, 0, 1) ** 1.3
    band = np.exp(-(((y - arch) / 0.055) ** 4))
    philtrum = 1 - 0.55 * np.exp(-((x / 0.03) ** 2))
    return (band * philtrum * _smooth(x, 0.33, 0.25) * (z > 1.2)).astype(np.float32)


def hairline(places: Float32[np.ndarray, "point 3"]) -> Float32[np.ndarray, " point"]:
    """Signed distance of resting positions behind an average hairline (positive: hair grows)."""
    x, y, z = np.abs(places[:, 0]), places[:, 1], places[:, 2]
    front = 8.03 - 0.10 * (x / 0.45) ** 2
    temple = np.clip(x - 0.42, 0, 1)
    edge_top = y - front + 0.9 * temple
    edge_side = 1.02 - z - 0.28 * np.clip((7.55 - y) / 0.5, -0.4, 1.2)
    above_ear = y - (7.42 - 0.75 * np.clip(0.55 - z, 0, 1.0))
    side = np.minimum(edge_side, above_ear)
    return np.maximum(np.minimum(edge_top, 1.25 - z + 0.9), side).astype(np.float32)
