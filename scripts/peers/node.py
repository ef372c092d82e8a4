"""Photographs handed to a peer that runs in node, and what it says of them.

Its script is called as `node SCRIPT FOLDER LIST`: FOLDER has the packages in its node_modules, LIST
is JSON with a picture's file (raw RGB bytes), width, height and box [x, y, width, height] of our
landmarks, in pixels. It prints one line of JSON with `found`, a value for every picture.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mien.bench.real.orl_photos import Photos


def options(about: str) -> argparse.Namespace:
    """What the command line of a peer's reader says: `folder`, where it was installed, and `out`.

    Args:
        about: the script's docstring; its first line is the help's.
    """
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def ask(script: Path, folder: Path, photos: Photos, *, rows: Sequence[int]) -> dict[str, Any]:
    """What a script prints of some photographs.

    Args:
        script: for node.
        folder: where the peer was installed.
        photos: with our landmarks.
        rows: which of them.
    """
    with tempfile.TemporaryDirectory() as place:
        listed = []
        for row in rows:
            picture, points = photos.pictures[row], photos.landmarks[row][:, :2]
            file = Path(place) / f"{row}.rgb"
            file.write_bytes(np.ascontiguousarray(picture).tobytes())
            height, width = picture.shape[:2]
            box = [*map(float, (*points.min(axis=0), *np.ptp(points, axis=0)))]
            listed.append({"file": str(file), "width": width, "height": height, "box": box})
        index = Path(place) / "list.json"
        index.write_text(json.dumps(listed), encoding="utf-8")
        words = ["node", str(script), str(folder), str(index)]
        told = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(told.splitlines()[-1])
