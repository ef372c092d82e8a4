"""From linear light to the picture a camera, a codec and a careless hand would leave."""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from mien.lab.noise import SIDE, fields
from mien.lab.world import Camera, Degradation

_REFERENCE = 112.0
"""Blur lengths are given in pixels of a crop of this side."""


def occlude(
    picture: Float32[np.ndarray, "height width 3"],
    degradation: Degradation,
    *,
    unit: float,
    origin: tuple[float, float],
) -> Float32[np.ndarray, "height width 3"]:
    """Lay a hand-like blob, a strand of hair or a plain object over a linear picture.

    Args:
        picture: linear RGB.
        degradation: which, where, how large.
        unit: side of the face's crop in pixels.
        origin: its upper left corner in the picture.

    Raises:
        ValueError: an unknown occluder.
    """
    kind = degradation.occluder
    if kind == "none":
        return picture
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    x = origin[0] + degradation.occluder_at[0] * unit
    y = origin[1] + degradation.occluder_at[1] * unit
    size, turn = degradation.occluder_size * unit, degradation.occluder_degrees
    match kind:
        case "hand":
            _hand(mask, x, y, size, turn)
        case "strand":
            _strand(mask, x, y, size, turn)
        case "object":
            box = cv2.boxPoints(((x, y), (size, size * 0.7), turn))
            cv2.fillPoly(mask, [np.round(box * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        case _:
            raise ValueError(f"unknown occluder: {kind}")
    cover = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), max(0.3, unit / 200))
    depth = cv2.GaussianBlur(cover, (0, 0), max(0.5, size * 0.12))
    shade = (0.45 + 0.55 * depth)[..., None]
    colour = np.array(degradation.occluder_colour, np.float32) * shade
    light = float(np.clip(picture.mean() / 0.25, 0.3, 2.0))
    return (picture + (colour * light - picture) * cover[..., None]).astype(np.float32)


def _hand(mask: np.ndarray, x: float, y: float, size: float, turn: float) -> None:
    """A palm and four fingers."""
    along = np.array([np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))])
    across = np.array([-along[1], along[0]])
    thick = max(1, round(size * 0.20))
    for finger in range(4):
        start = np.array([x, y]) + across * size * 0.21 * (finger - 1.5)
        stop = start + along * size * (0.75 - 0.10 * abs(finger - 1.3))
        ends = [tuple(int(value) for value in np.round(point * 16)) for point in (start, stop)]
        cv2.line(mask, ends[0], ends[1], 255, thick, cv2.LINE_AA, 4)
    centre = np.array([x, y]) - along * size * 0.3
    axes = (max(1, round(size * 0.5)), max(1, round(size * 0.45)))
    cv2.ellipse(mask, tuple(np.round(centre).astype(int).tolist()), axes, turn, 0, 360, 255, -1)


def _strand(mask: np.ndarray, x: float, y: float, size: float, turn: float) -> None:
    """A few bent hairs hanging from a point."""
    steps = np.linspace(0, 1, 12)
    for hair in range(5):
        bend = np.sin(steps * 2.2 + hair) * size * 0.12
        px = x + bend + (hair - 2) * size * 0.03 + steps * size * np.sin(np.deg2rad(turn)) * 0.5
        py = y + steps * size * 2.0
        line = np.round(np.stack([px, py], axis=1) * 16).astype(np.int32)
        cv2.polylines(mask, [line], False, 255, max(1, round(size * 0.03)), cv2.LINE_AA, 4)


def expose(
    linear: Float32[np.ndarray, "height width 3"], camera: Camera
) -> Float32[np.ndarray, "height width 3"]:
    """Exposure, white balance, a soft shoulder, contrast and the sRGB curve; 0-255 floats."""
    gain = np.array(camera.white_balance, np.float32) * np.float32(2.0**camera.exposure)
    light = linear * gain
    light = np.where(light > 0.7, 0.7 + 0.45 * np.tanh((light - 0.7) / 0.45), light)
    light = np.clip(light, 0, 1)
    curved = np.where(light < 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.clip((curved - 0.45) * camera.contrast + 0.45, 0, 1).astype(np.float32) * 255


def degrade(
    picture: Float32[np.ndarray, "height width 3"],
    degradation: Degradation,
    *,
    unit: float,
    generator: np.random.Generator,
) -> UInt8[np.ndarray, "height width 3"]:
    """Blur, low resolution, noise, grey and JPEG, in the order a camera adds them.

    Args:
        picture: 0-255, sRGB.
        degradation: how much of each.
        unit: side of the face's crop in pixels.
        generator: of the noise.
    """
    scale = unit / _REFERENCE
    height, width = picture.shape[:2]
    if degradation.blur * scale > 0.15:
        picture = cv2.GaussianBlur(picture, (0, 0), degradation.blur * scale)
    if degradation.motion * scale > 1.0:
        picture = _smear(picture, degradation.motion * scale, degradation.motion_degrees)
    small = degradation.resolution < 0.99
    if small:
        size = (
            max(8, round(width * degradation.resolution)),
            max(8, round(height * degradation.resolution)),
        )
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    if degradation.grey:
        grey = picture @ np.array([0.299, 0.587, 0.114], np.float32)
        picture = np.repeat(grey[..., None], 3, axis=2)
    if degradation.noise > 0:
        picture = picture + _noise(picture, degradation, generator)
    image = np.clip(np.round(picture), 0, 255).astype(np.uint8)
    if degradation.jpeg:
        _, stored = cv2.imencode(
            ".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, degradation.jpeg]
        )
        back = cv2.imdecode(stored, cv2.IMREAD_COLOR)
        assert back is not None  # just encoded
        image = np.ascontiguousarray(back[..., ::-1])
    if small:
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    return image


def _noise(
    picture: np.ndarray, degradation: Degradation, generator: np.random.Generator
) -> np.ndarray:
    """Sensor noise: a piece of fixed grain, stronger in the mid tones; partly coloured."""
    height, width = picture.shape[:2]
    grain = fields()[0]
    planes = []
    for _ in range(4):
        top, left = generator.integers(0, SIDE, 2)
        rows = (np.arange(height) + top) % SIDE
        columns = (np.arange(width) + left) % SIDE
        planes.append(grain[rows[:, None], columns])
    common = planes[0] * 0.9
    noise = np.stack([common + 0.4 * plane for plane in planes[1:]], axis=2)
    if degradation.grey:
        noise = planes[0][..., None]
    strength = 0.6 + 0.8 * (picture / 255) * (1 - picture / 255) * 4
    return (noise * strength * degradation.noise).astype(np.float32)


def _smear(picture: np.ndarray, length: float, degrees: float) -> np.ndarray:
    side = int(np.ceil(length)) | 1
    kernel = np.zeros((side, side), np.float32)
    middle = side / 2 - 0.5
    reach = np.array([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))]) * length / 2
    ends = [
        tuple(int(value) for value in np.round((np.array([middle, middle]) + sign * reach) * 16))
        for sign in (-1, 1)
    ]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    return cv2.filter2D(picture, -1, kernel / max(float(kernel.sum()), 1e-6))
