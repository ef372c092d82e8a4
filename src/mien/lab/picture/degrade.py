"""From linear light to the picture a camera, a codec and a careless hand would leave."""

from functools import cache, lru_cache

import cv2
import numpy as np
from jaxtyping import Float32, Int32, UInt8

from mien.lab.chance.noise import SIDE, fields
from mien.lab.conditions.world import Camera, Degradation

_REFERENCE = 112.0
"""Blur lengths are given in pixels of a crop of this side."""


def expose(
    linear: Float32[np.ndarray, "height width 3"], camera: Camera
) -> Float32[np.ndarray, "height width 3"]:
    """Exposure, white balance, vignette, a soft shoulder and the tone curve; 0-255 floats."""
    gain = np.array(camera.white_balance, np.float32) * np.float32(2.0**camera.exposure)
    light = linear * gain
    if camera.vignette > 0.01:
        light = light * _vignette(linear.shape[0], linear.shape[1], camera.vignette)[..., None]
    return _curve(camera)[_levels(light)]


def _vignette(height: int, width: int, strength: float) -> Float32[np.ndarray, "height width"]:
    """Share of light that arrives: 1 in the middle, 1 - `strength` in the corners."""
    rows = (np.arange(height, dtype=np.float32) - height / 2 + 0.5) / height
    columns = (np.arange(width, dtype=np.float32) - width / 2 + 0.5) / width
    return (1 - 2 * strength * (rows[:, None] ** 2 + columns**2)).astype(np.float32)


_STEPS = 4096
_BRIGHTEST = 1.5
"""Linear light above which everything is white."""


def _levels(light: Float32[np.ndarray, "height width 3"]) -> Int32[np.ndarray, "height width 3"]:
    """Entries of `_curve`: square roots, which give the dark its share of the table."""
    root = np.sqrt(np.clip(light, 0, _BRIGHTEST), dtype=np.float32)
    return (root * np.float32((_STEPS - 1) / _BRIGHTEST**0.5) + np.float32(0.5)).astype(np.int32)


@lru_cache(maxsize=64)
def _curve(camera: Camera) -> Float32[np.ndarray, " step"]:
    """From linear light to a camera's 0-255: shoulder, sRGB curve, contrast, gamma, lift."""
    light = (np.linspace(0, _BRIGHTEST**0.5, _STEPS)) ** 2
    light = np.where(light > 0.7, 0.7 + 0.45 * np.tanh((light - 0.7) / 0.45), light)
    light = np.clip(light, 0, 1)
    curved = np.where(light < 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    tone = np.clip((curved - 0.45) * camera.contrast + 0.45, 0, 1) ** camera.gamma
    return (255 * (camera.lift + (1 - camera.lift) * tone)).astype(np.float32)


def degrade(
    picture: Float32[np.ndarray, "height width 3"],
    degradation: Degradation,
    *,
    unit: float,
    generator: np.random.Generator,
) -> UInt8[np.ndarray, "height width 3"]:
    """Blur, low resolution, fields, grey, noise, sharpening and JPEG, as a camera adds them.

    Args:
        picture: 0-255, sRGB.
        degradation: how much of each.
        unit: side of the face's crop in pixels.
        generator: of the noise.
    """
    scale = unit / _REFERENCE
    height, width = picture.shape[:2]
    picture = _blurred(picture, degradation, scale)
    small = degradation.resolution < 0.99
    if small:
        size = (
            max(8, round(width * degradation.resolution)),
            max(8, round(height * degradation.resolution)),
        )
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        scale *= degradation.resolution
    if degradation.interlace > 0:
        picture = _fields(picture, degradation.interlace * scale)
    if degradation.grey:
        grey = picture @ np.array(degradation.grey_mix, np.float32)
        picture = np.repeat(grey[..., None], 3, axis=2)
    elif degradation.chroma * scale > 0.4:
        picture = _soft_colours(picture, degradation.chroma * scale)
    if degradation.noise > 0:
        picture = picture + _noise(picture, degradation, generator)
    if degradation.halo > 0.02:
        soft = cv2.GaussianBlur(picture, (0, 0), max(0.6, 1.1 * scale))
        picture = picture + np.float32(degradation.halo) * (picture - soft)
    image = np.clip(np.round(picture), 0, 255).astype(np.uint8)
    image = _stored(image, degradation.jpeg)
    if small:
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    return image


def _blurred(picture: np.ndarray, degradation: Degradation, scale: float) -> np.ndarray:
    if degradation.blur * scale > 0.15:
        picture = cv2.GaussianBlur(picture, (0, 0), degradation.blur * scale)
    if degradation.motion * scale > 1.0:
        picture = _smear(picture, degradation.motion * scale, degradation.motion_degrees)
    return picture


def _stored(image: UInt8[np.ndarray, "height width 3"], quality: int) -> np.ndarray:
    """There and back through JPEG, if at all."""
    if not quality:
        return image
    _, stored = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    back = cv2.imdecode(stored, cv2.IMREAD_COLOR)
    assert back is not None  # just encoded
    return np.ascontiguousarray(back[..., ::-1])


def _fields(picture: np.ndarray, shift: float) -> np.ndarray:
    """Every second line a little later: shifted sideways."""
    move = np.array([[1.0, 0.0, shift], [0.0, 1.0, 0.0]])
    size = (picture.shape[1], picture.shape[0])
    late = cv2.warpAffine(picture, move, size, borderMode=cv2.BORDER_REPLICATE)
    woven = picture.copy()
    woven[1::2] = late[1::2]
    return woven


def _soft_colours(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Sharp grey, blurred colours: video carries colour in fewer lines."""
    grey = (picture @ np.array([0.299, 0.587, 0.114], np.float32))[..., None]
    return grey + cv2.GaussianBlur(picture - grey, (0, 0), sigma)


def _noise(
    picture: np.ndarray, degradation: Degradation, generator: np.random.Generator
) -> np.ndarray:
    """Sensor noise: a piece of fixed grain, stronger in the mid tones; partly coloured."""
    height, width = picture.shape[:2]
    planes = []
    for _ in range(2 if degradation.grey else 4):
        top, left = (int(place) for place in generator.integers(0, SIDE, 2))
        fine = _piece(0, top, left, height, width)
        coarse = _piece(1, top, left, height, width)
        planes.append(fine + (coarse - fine) * np.float32(0.6 * degradation.grain))
    if degradation.grey:
        noise = planes[0][..., None]
    else:
        noise = np.stack([0.9 * planes[0] + 0.4 * plane for plane in planes[1:]], axis=2)
    strength = 0.6 + 0.8 * (picture / 255) * (1 - picture / 255) * 4
    return (noise * strength * degradation.noise).astype(np.float32)


@cache
def _doubled() -> Float32[np.ndarray, "2 side side"]:
    """The two finest fields, twice each way, so that a piece of a side or less is one slice."""
    return np.pad(fields()[:2], ((0, 0), (0, SIDE), (0, SIDE)), mode="wrap")


def _piece(kind: int, top: int, left: int, height: int, width: int) -> np.ndarray:
    """A piece of a field, wrapping around."""
    if height <= SIDE and width <= SIDE:
        return _doubled()[kind, top : top + height, left : left + width]
    rows, columns = (np.arange(height) + top) % SIDE, (np.arange(width) + left) % SIDE
    return fields()[kind][rows[:, None], columns]


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
