"""Find where MediaPipe's 478 landmarks lie on the lab's head, and store it in `head.npz`.

Many different rendered people are shown to the landmark network; each point is carried back
through the z-buffer onto the mesh of the common head; the median over people, made symmetric, is
snapped to the nearest triangle that can be seen from outside. Lips are read with the mouth open,
everything else with it closed. Iris points go to the eyeballs, with which they turn.

    python scripts/map_landmarks.py             # needs `mien assets fetch reader`

Brows are painted by the lab, and the network finds them where they are painted: run this again
after the resting brow line of `atlas` moves.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.spatial import KDTree

from mien.faces.groups import MIRROR_478
from mien.faces.landmarker import Landmarker
from mien.lab.anatomy.fixed import fixed
from mien.lab.anatomy.head import EYE_LEFT, EYE_RIGHT, SKIN, blend, head
from mien.lab.bodies import posing
from mien.lab.conditions.world import World
from mien.lab.conditions.worlds import sample_world
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.picture import drawing
from mien.lab.render import camera_distance, render_scene, scene_placing

SIDE = 384
IRIS = {EYE_RIGHT: range(468, 473), EYE_LEFT: range(473, 478)}
LIPS = (
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
    *(78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191),
    *(76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306, 408, 304, 303, 302, 11, 72, 73, 74, 184),
    *(62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 407, 272, 271, 268, 12, 38, 41, 42, 183),
)


def reference() -> np.ndarray:
    """The common head with its lips apart: the space in which people are compared."""
    return blend(head().vertices, {"face/jawOpen": 0.3})


def read_one(landmarker: Landmarker, generator: np.random.Generator, *, lips: bool) -> np.ndarray:
    """(478, 3) places on the reference mesh of one person's landmarks; NaN where unknown."""
    person = sample_person(generator)
    hair = replace(person.hair, beard=0.0, moustache=0.0)
    person = replace(person, hair=hair)
    world = replace(
        sample_world(generator, hardness=0.0),
        yaw=float(generator.uniform(-12, 12)),
        degradation=World().degradation,
    )
    face = FaceState.of({25: 4.0, 26: float(generator.uniform(1.5, 3.5))} if lips else {})
    centre, scale = (SIDE / 2, SIDE * 0.42), SIDE * 0.8
    shown = render_scene(
        person, face, world, width=SIDE, height=SIDE, centre=centre, scale=scale, seed=0
    )
    places, apart = np.full((478, 3), np.nan), reference()
    found = landmarker.detect(shown.image, max_faces=1)
    if not found:
        return places
    posed = posing.pose(person, face, world)
    distance = camera_distance(world.camera)
    placing = scene_placing(person, world, centre=centre, scale=scale)
    screen = drawing.screen_of(posed.vertices, placing, distance)
    layer = drawing.layer_of(screen, head().faces, fixed().kept, SIDE, SIDE)
    rows, columns = np.nonzero(layer.face_of >= 0)
    points = found[0].landmarks[:, :2]
    pixels = np.stack([columns, rows], axis=1) + 0.5
    gaps, nearest = (np.asarray(found) for found in KDTree(pixels).query(points))
    for index, (gap, near) in enumerate(zip(gaps, nearest, strict=True)):
        row, column = rows[near], columns[near]
        triangle = layer.face_of[row, column]
        wanted = (SKIN, EYE_LEFT, EYE_RIGHT)
        is_lip = index in LIPS
        if gap > 3 or head().face_group[triangle] not in wanted or is_lip != lips:
            continue
        first, second = layer.weights[row, column]
        shares = np.array([first, second, 1 - first - second])
        places[index] = shares @ apart[head().faces[triangle]]
    return places


def consensus(people: int) -> np.ndarray:
    """Symmetric median places of the landmarks on the reference mesh."""
    landmarker, generator = Landmarker(), np.random.default_rng(478)
    reads = np.stack(
        [read_one(landmarker, generator, lips=number % 3 == 0) for number in range(people)]
    )
    if np.isfinite(reads[..., 0]).sum(axis=0).min() < 10:
        raise SystemExit("some landmark was hardly ever found: show it more people")
    middle = np.nanmedian(reads, axis=0)
    mirrored = middle[MIRROR_478] * [-1, 1, 1]
    print("asymmetry before mirroring:", np.linalg.norm(middle - mirrored, axis=1).mean())
    return (middle + mirrored) / 2


def outside() -> np.ndarray:
    """Skin triangles that some view of the reference head shows."""
    seen: set[int] = set()
    anyone = sample_person(np.random.default_rng(0))
    for yaw in (-40.0, 0.0, 40.0):
        for units in ({}, {25: 4.0, 26: 4.0}):
            posed = posing.pose(anyone, FaceState.of(units), World(yaw=yaw))
            placing = np.array([[250.0, 0, 450], [0, 250.0, 450]])
            screen = drawing.screen_of(posed.vertices, placing, 13.0)
            layer = drawing.layer_of(screen, head().faces, fixed().kept, 900, 900)
            seen.update(np.unique(layer.face_of[layer.face_of >= 0]).tolist())
    shown = np.array(sorted(seen))
    return shown[head().face_group[shown] == SKIN]


def closest(point: np.ndarray, corners: np.ndarray) -> tuple[float, np.ndarray]:
    """Distance to a triangle and the barycentric weights of the nearest point of it."""
    first, second = corners[1] - corners[0], corners[2] - corners[0]
    across = np.cross(first, second)
    square = across @ across
    if square > 1e-18:
        to = point - corners[0]
        b = np.cross(to, second) @ across / square
        c = np.cross(first, to) @ across / square
        if min(b, c, 1 - b - c) >= 0:
            weights = np.array([1 - b - c, b, c])
            return float(np.linalg.norm(weights @ corners - point)), weights
    best, shares = np.inf, np.array([1.0, 0.0, 0.0])
    for start, stop in ((0, 1), (1, 2), (2, 0)):
        edge = corners[stop] - corners[start]
        along = np.clip((point - corners[start]) @ edge / max(edge @ edge, 1e-12), 0, 1)
        gap = float(np.linalg.norm(corners[start] + along * edge - point))
        if gap < best:
            best, shares = gap, np.zeros(3)
            shares[start], shares[stop] = 1 - along, along
    return best, shares


def snap(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corner vertices and weights of the nearest allowed triangle to each place."""
    mesh, model, skin = reference().astype(float), head(), outside()
    corners, weights, gaps = np.zeros((478, 3), np.uint16), np.zeros((478, 3), np.float32), []
    for index, place in enumerate(places):
        allowed = skin
        for group, members in IRIS.items():
            if index in members:
                allowed = np.flatnonzero(model.face_group == group)
        centres = mesh[model.faces[allowed]].mean(axis=1)
        near = allowed[np.argsort(np.linalg.norm(centres - place, axis=1))[:40]]
        tries = [(*closest(place, mesh[model.faces[face]]), face) for face in near]
        gap, shares, face = min(tries, key=lambda found: found[0])
        corners[index], weights[index] = model.faces[face], shares
        gaps.append(gap)
    print("distance snapped: median", np.median(gaps), "largest", max(gaps))
    return corners, weights


def main() -> None:
    """Show, agree, snap, store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=240)
    parser.add_argument("--path", type=Path, default=Path("src/mien/lab/anatomy/head.npz"))
    arguments = parser.parse_args()
    corners, weights = snap(consensus(arguments.people))
    with np.load(arguments.path, allow_pickle=False) as old:
        arrays = {name: old[name] for name in old.files}
    arrays |= {"landmark_corners": corners, "landmark_weights": weights}
    np.savez_compressed(arguments.path, **arrays)
    print(f"{arguments.path}: {arguments.path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
