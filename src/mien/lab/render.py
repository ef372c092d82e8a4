"""One picture from a person, a face and a world: the renderer's public face."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Float32, UInt8

from mien.lab.expression import FaceState
from mien.lab.person import Person
from mien.lab.world import World


@dataclass(frozen=True, kw_only=True, eq=False)
class Rendered:
    """A picture and what is true of it."""

    image: UInt8[np.ndarray, "height width 3"]
    landmarks: Float32[np.ndarray, "478 2"]
    """MediaPipe's points in pixels of the picture, pixel centres at integer + 0.5."""
    pose: tuple[float, float, float]
    """Yaw, pitch, roll of the head in degrees (`World`'s signs)."""


class Renderer(Protocol):
    """What any renderer offers; pixels are a pure function of the arguments."""

    def render(
        self, person: Person, face: FaceState, world: World, *, size: int, seed: int
    ) -> Rendered:
        """A canonical crop."""
        ...

    def render_scene(
        self,
        person: Person,
        face: FaceState,
        world: World,
        *,
        width: int,
        height: int,
        centre: tuple[float, float],
        scale: float,
        seed: int,
    ) -> Rendered:
        """A whole frame with the head in it."""
        ...


def render(
    person: Person, face: FaceState, world: World, *, size: int = 112, seed: int = 0
) -> Rendered:
    """Render the crop that `faces.CANONICAL` would cut, moved by `world.framing`.

    Args:
        person: who.
        face: the expression.
        world: the conditions.
        size: side of the picture in pixels.
        seed: of noise and everything else that differs between two frames of one scene.

    Returns:
        Image (size, size, 3) uint8 RGB, landmarks (478, 2) in its pixels, and the pose.
    """
    shade = np.array(person.skin.tone) ** (1 / 2.2) * 255
    image = np.broadcast_to(shade, (size, size, 3)).astype(np.uint8).copy()
    generator = np.random.default_rng(seed)
    image += generator.integers(0, 8, image.shape, np.uint8) + np.uint8(face.intensity.sum() > 0)
    landmarks = np.full((478, 2), size / 2, np.float32)
    return Rendered(image=image, landmarks=landmarks, pose=(world.yaw, world.pitch, world.roll))


def render_scene(
    person: Person,
    face: FaceState,
    world: World,
    *,
    width: int,
    height: int,
    centre: tuple[float, float],
    scale: float,
    seed: int = 0,
) -> Rendered:
    """Render a whole frame with head, neck and shoulders somewhere in it.

    Args:
        person: who.
        face: the expression.
        world: the conditions; `framing` is not used.
        width: of the frame, pixels.
        height: of the frame, pixels.
        centre: of the head (between the eyes), in pixels.
        scale: side, in pixels, of the canonical crop this head would give.
        seed: as in `render`.
    """
    inner = render(person, face, world, size=max(8, int(scale)), seed=seed)
    image = np.zeros((height, width, 3), np.uint8)
    shift = np.array(centre, np.float32) - scale / 2
    return Rendered(image=image, landmarks=inner.landmarks + shift, pose=inner.pose)
