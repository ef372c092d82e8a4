"""The parametric head: a mesh, its named targets, and where the landmarks lie on it.

Built from MakeHuman's CC0 data by `scripts/build_head.py`. Model units are decimetres; x points
to the subject's left, y up, z forward.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from jaxtyping import Float32, Int32, Int64, UInt8

from mien.lab.anatomy.made_targets import made_targets
from mien.lab.anatomy.sparse import add_targets

SKIN, EYE_LEFT, EYE_RIGHT, LASHES, TEETH_UPPER, TEETH_LOWER, TONGUE, HAIR = range(8)
"""Codes of `Head.face_group`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Head:
    """Arrays of the asset; targets are sparse rows (`starts` bounds each one's run)."""

    vertices: Float32[np.ndarray, "vertex 3"]
    faces: Int32[np.ndarray, "face 3"]
    face_group: UInt8[np.ndarray, " face"]
    names: tuple[str, ...]
    starts: Int64[np.ndarray, " bound"]
    rows: Int32[np.ndarray, " entry"]
    deltas: Float32[np.ndarray, "entry 3"]
    openness: Float32[np.ndarray, " vertex"]
    """Share of the sky a vertex sees on the resting head, 0-1."""
    landmark_corners: Int32[np.ndarray, "478 3"]
    """The triangle (three vertices) each landmark lies in."""
    landmark_weights: Float32[np.ndarray, "478 3"]

    def __repr__(self) -> str:
        return (
            f"Head({len(self.vertices)} vertices, {len(self.faces)} faces, "
            f"{len(self.names)} targets)"
        )

    def column(self, name: str) -> int:
        """Index of a target; KeyError if there is none of that name."""
        return _columns()[name]

    def group_vertices(self, *groups: int) -> Int64[np.ndarray, " count"]:
        """Sorted vertices of the faces in `groups`."""
        return np.unique(self.faces[np.isin(self.face_group, groups)]).astype(np.int64)


@cache
def head() -> Head:
    """The head, read once a process."""
    with (
        as_file(files("mien.lab.anatomy") / "head.npz") as path,
        np.load(path, allow_pickle=False) as stored,
    ):
        arrays = {name: stored[name] for name in stored.files}
    dense = arrays["deltas"].astype(np.float32) * arrays["steps"][:, None, None]
    names = [str(name) for name in arrays["names"]]
    made_names, made = made_targets(arrays["vertices"], names, dense)
    deltas = np.concatenate([dense, made])
    target, row = np.nonzero(deltas.any(axis=2))
    return Head(
        vertices=arrays["vertices"],
        faces=arrays["faces"].astype(np.int32),
        face_group=arrays["face_group"],
        names=(*names, *made_names),
        starts=np.searchsorted(target, np.arange(len(deltas) + 1)).astype(np.int64),
        rows=row.astype(np.int32),
        deltas=deltas[target, row],
        openness=arrays["openness"].astype(np.float32) / 255,
        landmark_corners=arrays["landmark_corners"].astype(np.int32),
        landmark_weights=arrays["landmark_weights"],
    )


@cache
def _columns() -> dict[str, int]:
    return {name: column for column, name in enumerate(head().names)}


def blend(
    base: Float32[np.ndarray, "vertex 3"], weights: dict[str, float]
) -> Float32[np.ndarray, "vertex 3"]:
    """`base` plus weighted targets; only targets named with a weight other than 0 cost time.

    Raises:
        KeyError: no such target.
    """
    model = head()
    used = [(model.column(name), weight) for name, weight in weights.items() if weight]
    columns = np.array([column for column, _ in used], np.int64)
    amounts = np.array([weight for _, weight in used], np.float32)
    moved = base.copy()
    add_targets(moved, model.starts, model.rows, model.deltas, columns, amounts)
    return moved


def landmarks(vertices: Float32[np.ndarray, "vertex 3"]) -> Float32[np.ndarray, "478 3"]:
    """The 478 landmarks on the head's vertices, however they moved."""
    model = head()
    corners = vertices[model.landmark_corners]
    return (corners * model.landmark_weights[:, :, None]).sum(axis=1)
