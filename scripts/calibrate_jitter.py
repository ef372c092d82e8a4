"""Measure how far the real detector's crops lie from the true ones, on rendered scenes.

Renders people in scenes, finds their landmarks with the landmark network, and compares the
canonical crop fitted to them with the one fitted to the true landmarks. The standard deviations
belong into `faces.template` (`_SPREAD`), so that rendered crops need not be detected one by one.

    python scripts/calibrate_jitter.py --scenes 400 --hardness 0.5
"""

import argparse

import numpy as np

from mien.faces.landmarker import Landmarker
from mien.faces.template import CANONICAL
from mien.facs import LAB_AUS
from mien.lab.conditions.worlds import sample_world
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.render import Rendered, render_scene

SIDE = 256
CROP = 112


def scene(generator: np.random.Generator, *, hardness: float, seed: int) -> Rendered:
    """One person with up to four units active, somewhere in a frame."""
    person = sample_person(generator)
    world = sample_world(generator, hardness=hardness)
    chosen = generator.choice(LAB_AUS, int(generator.integers(0, 5)), replace=False)
    face = FaceState.of({int(unit): float(generator.uniform(1, 5)) for unit in chosen})
    centre = (float(generator.uniform(110, 146)), float(generator.uniform(100, 130)))
    scale = float(generator.uniform(110, 190))
    return render_scene(
        person, face, world, width=SIDE, height=SIDE, centre=centre, scale=scale, seed=seed
    )


def slip(true: np.ndarray, found: np.ndarray) -> tuple[float, float, float, float]:
    """Shift (in crops), log scale and degrees from the true crop to the detected one."""
    wanted, got = (
        np.vstack([CANONICAL.matrix(points, CROP), [0, 0, 1]]) for points in (true, found)
    )
    change = got @ np.linalg.inv(wanted)
    middle = np.array([CROP / 2, CROP / 2])
    shift = (change[:2, :2] @ middle + change[:2, 2] - middle) / CROP
    scale = float(np.log(np.hypot(change[0, 0], change[1, 0])))
    degrees = float(np.degrees(np.arctan2(change[1, 0], change[0, 0])))
    return float(shift[0]), float(shift[1]), scale, degrees


def main() -> None:
    """Render, detect, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=400)
    parser.add_argument("--hardness", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    landmarker, generator = Landmarker(), np.random.default_rng(arguments.seed)
    slips, errors = [], []
    for number in range(arguments.scenes):
        shown = scene(generator, hardness=arguments.hardness, seed=number)
        found = landmarker.detect(shown.image, max_faces=1)
        if not found:
            continue
        true, read = shown.landmarks.astype(float), found[0].landmarks[:, :2].astype(float)
        slips.append(slip(true, read))
        between = np.linalg.norm(true[33] - true[263])
        errors.append(np.linalg.norm(true - read, axis=1).mean() / between)
    table = np.array(slips)
    spread = 1.4826 * np.median(np.abs(table - np.median(table, axis=0)), axis=0)
    print(f"found {len(slips)} of {arguments.scenes}")
    print(f"mean landmark error, % of the outer eye distance: {100 * np.median(errors):.2f}")
    for row, name in enumerate(("dx", "dy", "log scale", "degrees")):
        mean, deviation = table[:, row].mean(), table[:, row].std()
        print(f"{name:>9}: mean {mean:+.4f}, sd {deviation:.4f}, robust sd {spread[row]:.4f}")


if __name__ == "__main__":
    main()
