"""What stands behind the head: walls, gradients, soft shapes, rooms, shelves, the open air."""

import cv2
import numpy as np
from jaxtyping import Float32

from mien.lab.chance.noise import SIDE, fields
from mien.lab.conditions.world import Background

_COARSE = 48
"""Backgrounds are out of focus: they are made this many pixels wide and enlarged."""


def paint(background: Background, *, width: int, height: int) -> Float32[np.ndarray, "h w 3"]:
    """Linear RGB of a background; the same for the same arguments.

    Raises:
        ValueError: an unknown kind.
    """
    generator = np.random.default_rng(background.seed)
    rows = max(8, round(_COARSE * height / max(width, 1)))
    first, second = (np.array(colour, np.float32) for colour in background.colours)
    match background.kind:
        case "plain":
            mix = np.zeros((rows, _COARSE), np.float32)
        case "gradient":
            mix = _gradient(generator, rows)
        case "noise":
            mix = _noise(generator, rows)
        case "shapes":
            mix = _shapes(generator, rows)
        case "room":
            mix = _room(generator, rows)
        case "shelves":
            mix = _shelves(generator, rows)
        case "outdoors":
            mix = _outdoors(generator, rows)
        case _:
            raise ValueError(f"unknown background: {background.kind}")
    picture = first + (second - first) * mix[..., None]
    tint = fields()[2][: rows * 4 : 4, : _COARSE * 4 : 4][..., None]
    picture = np.clip(picture * (1 + 0.04 * tint[:rows, :_COARSE]), 0, None)
    enlarged = cv2.resize(
        picture.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    return np.clip(enlarged, 0, None).astype(np.float32)


def _gradient(generator: np.random.Generator, rows: int) -> np.ndarray:
    angle = generator.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:rows, 0:_COARSE] / _COARSE - 0.5
    return np.clip(0.5 + (x * np.cos(angle) + y * np.sin(angle)), 0, 1).astype(np.float32)


def _noise(generator: np.random.Generator, rows: int) -> np.ndarray:
    field = fields()[1 + int(generator.integers(2))]
    top, left = generator.integers(0, SIDE - 200, 2)
    step = int(generator.integers(1, 3))
    piece = field[top : top + rows * step : step, left : left + _COARSE * step : step]
    return np.clip(0.5 + 0.3 * piece[:rows, :_COARSE], 0, 1).astype(np.float32)


def _shapes(generator: np.random.Generator, rows: int) -> np.ndarray:
    mix = np.zeros((rows, _COARSE), np.float32)
    for _ in range(int(generator.integers(3, 9))):
        value = float(generator.uniform(0, 1))
        centre = (int(generator.integers(_COARSE)), int(generator.integers(rows)))
        if generator.random() < 0.5:
            cv2.circle(mix, centre, int(generator.integers(2, 10)), value, -1)
        else:
            reach = generator.integers(3, 18, 2)
            corner = (centre[0] + int(reach[0]), centre[1] + int(reach[1]))
            cv2.rectangle(mix, centre, corner, value, -1)
    return cv2.GaussianBlur(mix, (0, 0), float(generator.uniform(0.8, 3.0)))


def _room(generator: np.random.Generator, rows: int) -> np.ndarray:
    """A wall, a darker half of it, a window or a frame, and a shelf."""
    mix = np.full((rows, _COARSE), 0.35, np.float32)
    corner = int(generator.integers(5, _COARSE - 5))
    mix[:, corner:] = 0.15
    left, top = (int(value) for value in generator.integers(0, (_COARSE - 12, rows - 8)))
    wide, tall = (int(value) for value in generator.integers(6, 18, 2))
    bright = float(generator.uniform(0.5, 1.0))
    cv2.rectangle(mix, (left, top), (left + wide, top + tall), bright, -1)
    cv2.rectangle(mix, (left, top), (left + wide, top + tall), 0.05, 1)
    shelf = int(generator.integers(rows // 2, rows))
    mix[shelf:] *= 0.6
    return cv2.GaussianBlur(mix, (0, 0), float(generator.uniform(0.6, 1.6)))


def _shelves(generator: np.random.Generator, rows: int) -> np.ndarray:
    """Rows of books or boxes, out of focus."""
    mix = np.full((rows, _COARSE), 0.1, np.float32)
    tall = int(generator.integers(6, 12))
    for top in range(int(generator.integers(0, 4)) - tall, rows, tall):
        column = 0
        while column < _COARSE:
            wide = int(generator.integers(1, 4))
            high = int(generator.integers(2, tall))
            corner = (column + wide - 1, top + tall - 2)
            value = float(generator.uniform(0, 1))
            cv2.rectangle(mix, (column, top + tall - high), corner, value, -1)
            column += wide
    return cv2.GaussianBlur(mix, (0, 0), float(generator.uniform(0.5, 1.4)))


def _outdoors(generator: np.random.Generator, rows: int) -> np.ndarray:
    """A bright sky, a skyline, and leaves with light between them."""
    field = fields()[1]
    top, left = (int(value) for value in generator.integers(0, SIDE - 2 * _COARSE, 2))
    leaves = field[top : top + 2 * rows : 2, left : left + 2 * _COARSE : 2]
    leaves = cv2.resize(leaves, (_COARSE, rows), interpolation=cv2.INTER_AREA)
    mix = 0.25 + 0.16 * leaves
    line = generator.uniform(0.1, 0.6) * rows + 2.5 * np.cumsum(generator.normal(0, 0.3, _COARSE))
    sky = np.clip(line - np.arange(rows)[:, None], 0, 1)
    mix += (1.0 - mix) * sky
    blurred = cv2.GaussianBlur(mix.astype(np.float32), (0, 0), float(generator.uniform(0.5, 2.0)))
    return np.clip(blurred, 0, 1)
