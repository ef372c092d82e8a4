"""The shell around the scalp that hair and covers are cut from: a dome and a curtain."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from jaxtyping import Float32, Int32, Int64

from mien.lab.anatomy import head as heads
from mien.lab.anatomy.atlas import hairline

_CENTRE = np.array([0.0, 7.45, 0.30])
DOME_ROWS, CURTAIN_ROWS, COLUMNS = 16, 9, 48
_DOME_ANGLE = 102.0
_CURTAIN_END = 4.9


@dataclass(frozen=True, kw_only=True, eq=False)
class Shell:
    """The common shell: rows from the crown down, columns around the axis."""

    vertices: Float32[np.ndarray, "vertex 3"]
    faces: Int32[np.ndarray, "face 3"]
    anchors: Int64[np.ndarray, " vertex"]
    """Skin vertex that carries each shell vertex."""
    outward: Float32[np.ndarray, "vertex 3"]
    grid: Float32[np.ndarray, "vertex 2"]
    """Across and down in noise texels: strands run down."""
    short: Float32[np.ndarray, " vertex"]
    """Signed distance behind the hairline of short hair."""
    long: Float32[np.ndarray, " vertex"]
    """The same for hair worn over the ears."""


@cache
def shell() -> Shell:
    """The shell around the common head, made once a process."""
    skin, places = _scalp()
    around = np.linspace(-np.pi, np.pi, COLUMNS + 1)
    toward = _directions(around)
    reach = _reach(toward, places - _CENTRE)
    dome = _CENTRE + toward * _even(reach.reshape(DOME_ROWS, -1)).reshape(-1, 1)
    vertices = np.concatenate([dome, _curtain(dome[-(COLUMNS + 1) :])])
    anchor = skin[np.linalg.norm(places[None] - dome[:, None], axis=2).argmin(axis=1)]
    anchors = np.concatenate([anchor, np.tile(anchor[-(COLUMNS + 1) :], CURTAIN_ROWS)])
    side = toward[-(COLUMNS + 1) :] * [1.0, 0.0, 1.0]
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    outward = np.concatenate([toward, np.tile(side, (CURTAIN_ROWS, 1))])
    return Shell(
        vertices=vertices.astype(np.float32),
        faces=_grid_faces(DOME_ROWS + CURTAIN_ROWS, COLUMNS + 1),
        anchors=anchors,
        outward=outward.astype(np.float32),
        grid=_grid(around),
        short=hairline(vertices.astype(np.float32)),
        long=_long_line(vertices),
    )


def _scalp() -> tuple[np.ndarray, np.ndarray]:
    """Vertices of the skin above the jaw, without the ears, and where they lie."""
    head = heads.head()
    skin = head.group_vertices(heads.SKIN)
    places = head.vertices[skin]
    ear = (np.abs(places[:, 0]) > 0.66) & (places[:, 1] < 7.5) & (places[:, 1] > 6.7)
    kept = ~ear & (places[:, 1] > 6.0)
    return skin[kept], places[kept]


def _directions(around: np.ndarray) -> np.ndarray:
    """Unit vectors from the centre to the dome's points, row by row."""
    tilt = np.deg2rad(np.linspace(0.5, _DOME_ANGLE, DOME_ROWS))
    return np.stack(
        [
            np.sin(tilt)[:, None] * np.sin(around),
            np.broadcast_to(np.cos(tilt)[:, None], (DOME_ROWS, COLUMNS + 1)),
            np.sin(tilt)[:, None] * np.cos(around),
        ],
        axis=2,
    ).reshape(-1, 3)


def _reach(toward: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """How far the scalp lies in each direction: of what is near it, or else the nearest."""
    radius = np.linalg.norm(offset, axis=1)
    cosine = toward @ (offset / radius[:, None]).T
    closeness = np.exp((cosine - 1) * 250)
    reach = (closeness @ radius) / np.maximum(closeness.sum(axis=1), 1e-9)
    return np.where(closeness.max(axis=1) > 0.05, reach, radius[cosine.argmax(axis=1)])


def _curtain(rim: np.ndarray) -> np.ndarray:
    """Rows that hang from the dome's rim."""
    drops = np.linspace(0, 1, CURTAIN_ROWS + 1)[1:, None]
    curtain = np.repeat(rim[None], CURTAIN_ROWS, axis=0).copy()
    curtain[..., 1] = rim[:, 1] + (_CURTAIN_END - rim[:, 1]) * drops
    return curtain.reshape(-1, 3)


def _even(reach: np.ndarray) -> np.ndarray:
    """The shell's radii without the lumps of the mesh below: smoothed, wrapping around."""
    wrapped = np.concatenate([reach[:, -7:-1], reach, reach[:, 1:7]], axis=1)
    return cv2.GaussianBlur(wrapped, (0, 0), 1.6, borderType=cv2.BORDER_REPLICATE)[:, 6:-6]


def _grid_faces(rows: int, columns: int) -> Int32[np.ndarray, "face 3"]:
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    lower = np.stack([a, d, c], axis=-1).reshape(-1, 3)
    upper = np.stack([a, c, b], axis=-1).reshape(-1, 3)
    return np.concatenate([lower, upper]).astype(np.int32)


def _grid(around: np.ndarray) -> Float32[np.ndarray, "vertex 2"]:
    rows = np.arange(DOME_ROWS + CURTAIN_ROWS)
    across, down = np.meshgrid(around * 60.0, rows * 11.0)
    return np.stack([across, down], axis=-1).reshape(-1, 2).astype(np.float32)


def _long_line(vertices: np.ndarray) -> Float32[np.ndarray, " vertex"]:
    """Hair that falls beside the face: the dome's hairline above, a curtain behind the cheeks."""
    dome = hairline(vertices.astype(np.float32))
    beside = 0.92 - vertices[:, 2] + 0.08 * np.clip(7.6 - vertices[:, 1], -0.6, 0.6)
    return np.maximum(dome, beside).astype(np.float32)
