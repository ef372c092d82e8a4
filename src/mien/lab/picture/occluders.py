# ruff: noqa: PLR0917
# (places and sizes go from one private function to the next in one order)
"""What comes between the camera and the face: hands, strands of hair, held things."""

from typing import Final

import cv2
import numpy as np
from jaxtyping import Float32

from mien.lab.chance.noise import fields
from mien.lab.conditions.world import Degradation, World
from mien.lab.kernels.shade_held import shade_held
from mien.lab.people.person import Colour

_HAND: Final = np.array(
    [
        # start x, y, radius, end x, y, radius, height, finger; in hand widths, fingers up
        [0.00, 0.30, 0.46, 0.00, 1.10, 0.40, 0.10, 0],
        [-0.36, 0.05, 0.130, -0.46, -0.42, 0.115, 0.16, 1],
        [-0.46, -0.42, 0.118, -0.49, -0.74, 0.095, 0.17, 1],
        [-0.13, -0.02, 0.135, -0.16, -0.58, 0.122, 0.19, 2],
        [-0.16, -0.58, 0.124, -0.16, -0.97, 0.098, 0.20, 2],
        [0.12, 0.00, 0.132, 0.14, -0.53, 0.118, 0.18, 3],
        [0.14, -0.53, 0.120, 0.15, -0.88, 0.095, 0.19, 3],
        [0.36, 0.10, 0.115, 0.42, -0.30, 0.100, 0.13, 4],
        [0.42, -0.30, 0.102, 0.45, -0.58, 0.080, 0.14, 4],
        [-0.34, 0.52, 0.170, -0.66, 0.18, 0.130, 0.12, 5],
        [-0.66, 0.18, 0.134, -0.80, -0.12, 0.105, 0.14, 5],
    ],
    np.float32,
)
"""Capsules of a right hand seen from its back: palm, four fingers of two parts, thumb."""

_FIST: Final = np.array(
    [
        [0.00, 0.25, 0.46, 0.02, 1.10, 0.38, 0.10, 0],
        [-0.33, -0.10, 0.150, -0.35, 0.30, 0.140, 0.22, 1],
        [-0.11, -0.15, 0.155, -0.12, 0.30, 0.145, 0.24, 2],
        [0.12, -0.13, 0.150, 0.12, 0.30, 0.140, 0.23, 3],
        [0.34, -0.05, 0.135, 0.33, 0.28, 0.125, 0.20, 4],
        [-0.46, 0.42, 0.150, -0.10, 0.36, 0.125, 0.32, 5],
    ],
    np.float32,
)
"""The same closed, as it props a chin."""

_CUP: Final = np.array([[0.0, -0.25, 0.46, 0.0, 0.85, 0.40, 0.2, 0]], np.float32)
_MICROPHONE: Final = np.array(
    [[0.0, 0.0, 0.50, 0.0, 0.05, 0.50, 0.4, 0], [0.0, 0.4, 0.24, 0.05, 4.0, 0.19, 0.1, 1]],
    np.float32,
)


def occlude(
    picture: Float32[np.ndarray, "height width 3"],
    world: World,
    *,
    skin: Colour,
    unit: float,
    origin: tuple[float, float],
) -> Float32[np.ndarray, "height width 3"]:
    """Lay what is before the face over a linear picture, with its shadow.

    Args:
        picture: linear RGB.
        world: which, where, how large; and the light.
        skin: colour of a hand.
        unit: side of the face's crop in pixels.
        origin: its upper left corner in the picture.

    Raises:
        ValueError: an unknown occluder.
    """
    held = world.degradation
    kind = held.occluder
    if kind == "none":
        return picture
    x = origin[0] + held.occluder_at[0] * unit
    y = origin[1] + held.occluder_at[1] * unit
    size = held.occluder_size * unit
    match kind:
        case "hand":
            layer = _solid(picture, held, world, (x, y), size, _hand(held), skin, 0.0)
        case "cup":
            layer = _solid(picture, held, world, (x, y), size, _CUP, held.occluder_colour, 1.0)
        case "microphone":
            layer = _solid(
                picture, held, world, (x, y), size, _MICROPHONE, held.occluder_colour, 2.0
            )
        case "strand":
            layer = _flat(picture, _strand(picture, x, y, size, held), held, 0.25)
        case "object" | "phone":
            wide = 0.5 if kind == "phone" else 0.7
            layer = _flat(picture, _card(picture, x, y, size, wide, held), held, 0.9)
        case _:
            raise ValueError(f"unknown occluder: {kind}")
    toward = world.lights[0]
    shift = unit * 0.035 * np.array([-np.sin(np.deg2rad(toward.yaw)), 0.4])
    move = np.array([[1.0, 0.0, shift[0]], [0.0, 1.0, shift[1]]])
    cover = np.ascontiguousarray(layer[..., 3])
    shade = cv2.warpAffine(cover, move, (cover.shape[1], cover.shape[0]))
    shade = cv2.GaussianBlur(shade, (0, 0), max(0.5, unit * (0.008 + 0.02 * toward.softness)))
    depth = 0.5 if kind != "strand" else 0.3
    below = picture * (1 - depth * shade[..., None])
    return (below * (1 - layer[..., 3:]) + layer[..., :3]).astype(np.float32)


def _hand(held: Degradation) -> Float32[np.ndarray, "capsule 8"]:
    """Open or closed, left or right, by its size and turn."""
    shape = (_FIST if round(held.occluder_size * 1000) % 3 == 0 else _HAND).copy()
    if held.occluder_degrees < 0:
        shape[:, [0, 3]] *= -1
    return shape


def _solid(
    picture: np.ndarray,
    held: Degradation,
    world: World,
    at: tuple[float, float],
    size: float,
    shape: Float32[np.ndarray, "capsule 8"],
    colour: Colour,
    material: float,
) -> Float32[np.ndarray, "height width 4"]:
    """Rounded parts, lit: linear RGB times cover, and cover."""
    turn = np.deg2rad(held.occluder_degrees)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    parts = shape.copy()
    for start in (0, 3):
        parts[:, start : start + 2] = shape[:, start : start + 2] @ spin.T * size + np.array(at)
    parts[:, [2, 5, 6]] = shape[:, [2, 5, 6]] * size
    lights = []
    for light in world.lights:
        yaw, pitch = np.deg2rad([light.yaw, light.pitch])
        toward = (np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch))
        lights.append([*toward, *(light.intensity * value for value in light.colour)])
    layer = np.zeros((*picture.shape[:2], 4), np.float32)
    shade_held(
        layer, parts.astype(np.float32), np.array(lights, np.float32),
        np.array(world.ambient, np.float32), np.array(colour, np.float32), fields(),
        np.float32(size), np.float32(material),
    )  # fmt: skip
    return layer


def _flat(
    picture: np.ndarray, cover: Float32[np.ndarray, "height width"], held: Degradation, even: float
) -> Float32[np.ndarray, "height width 4"]:
    """One colour under a mask, as bright as the picture, with a little grain."""
    light = float(np.clip(picture.mean() / 0.25, 0.25, 1.6))
    height, width = cover.shape
    rows, columns = np.arange(height) % 512, np.arange(width) % 512
    grain = fields()[3][rows[:, None], columns] * (1 - even) + fields()[2][rows[:, None], columns]
    tone = np.clip(light * (0.85 + 0.15 * grain), 0.05, None)
    colour = np.array(held.occluder_colour, np.float32) * tone[..., None]
    return np.concatenate([colour * cover[..., None], cover[..., None]], axis=2).astype(np.float32)


def _card(
    picture: np.ndarray, x: float, y: float, size: float, wide: float, held: Degradation
) -> Float32[np.ndarray, "height width"]:
    """A rectangle with rounded corners: a phone, a book, a card."""
    height, width = picture.shape[:2]
    turn = np.deg2rad(held.occluder_degrees)
    columns = np.arange(width, dtype=np.float32) + 0.5 - x
    rows = (np.arange(height, dtype=np.float32) + 0.5 - y)[:, None]
    across = np.abs(columns * np.cos(turn) + rows * np.sin(turn)) - size * wide * 0.5
    down = np.abs(rows * np.cos(turn) - columns * np.sin(turn)) - size * 0.5
    corner = size * 0.06
    outside = np.hypot(np.maximum(across + corner, 0), np.maximum(down + corner, 0))
    return np.clip(0.5 + corner - outside, 0, 1).astype(np.float32)


def _strand(
    picture: np.ndarray, x: float, y: float, size: float, held: Degradation
) -> Float32[np.ndarray, "height width"]:
    """A lock of bent hairs that fall from a point and part on their way."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    steps = np.linspace(0, 1, 14)
    lean = np.sin(np.deg2rad(held.occluder_degrees))
    for hair in range(16):
        own = np.sin(hair * 2.4)
        bend = np.sin(steps * (1.8 + 0.5 * own) + 0.5 * own) * size * 0.10
        px = x + bend + own * size * (0.02 + 0.16 * steps) + steps * size * lean
        py = y + steps * size * (1.5 + 0.35 * np.cos(hair * 1.7))
        line = np.round(np.stack([px, py], axis=1) * 16).astype(np.int32)
        thick = max(1, round(size * 0.012))
        cv2.polylines(mask, [line], False, 170, thick, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), max(0.4, size / 60))
