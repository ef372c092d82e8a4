"""Pictures that end: faces near the border of a photograph, whose crops reach beyond it."""

from dataclasses import dataclass, field, replace
from typing import Final

import cv2
import numpy as np

from mien.faces.warp import Image
from mien.lab import limits
from mien.lab.chance.streams import stream
from mien.lab.conditions.world import World
from mien.lab.expression import FaceState
from mien.lab.people.person import Person
from mien.lab.render import Rendered
from mien.lab.renderer import CPU, Renderer

DEPTHS: Final = (0.2, 0.2, 0.18, 0.26)
"""How deep the left, right, top and bottom border may lie in the crop, as a share of its side."""
CHANCES: Final = (0.35, 0.35, 0.35, 0.6)
"""How often each of them lies in it, in a photograph that ends."""


@dataclass(frozen=True, kw_only=True)
class Edged:
    """Another renderer's crops, a share of them black where the photograph ends.

    That is what `mien.faces.template` makes of a face near a photograph's border. The borders
    are turned a little, as those of a levelled crop are. Whole frames are left as they are.

    Raises:
        MienError: the share is not within 0 and 1.
    """

    inner: Renderer = field(default=CPU)
    """Makes the pictures."""
    share: float = 0.5
    """Share of crops in which a border may show."""

    def __post_init__(self) -> None:
        limits.within_one(share=self.share)

    def render(
        self, person: Person, face: FaceState, world: World, *, size: int, seed: int
    ) -> Rendered:
        """A canonical crop; arguments as of `mien.lab.render.render`."""
        rendered = self.inner.render(person, face, world, size=size, seed=seed)
        generator = stream(seed, "edges")
        if generator.uniform() >= self.share:
            return rendered
        return replace(rendered, image=ended(rendered.image, generator))

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
        """A whole frame, which has its own borders."""
        return self.inner.render_scene(
            person, face, world, width=width, height=height, centre=centre, scale=scale, seed=seed
        )


def ended(image: Image, generator: np.random.Generator) -> Image:
    """The crop with black beyond borders that are drawn; at least the eyes and mouth remain."""
    size = image.shape[0]
    cut = generator.uniform(size=4) < CHANCES
    left, right, top, bottom = np.where(cut, generator.uniform(size=4) * DEPTHS, -1.0)
    corners = np.array([[left, top], [1 - right, top], [1 - right, 1 - bottom], [left, 1 - bottom]])
    angle = np.deg2rad(generator.normal(0.0, 4.0))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = (corners - 0.5) @ turn.T + 0.5
    mask = np.zeros((size, size), np.uint8)
    # fixed-point corners: four bits below the pixel
    cv2.fillConvexPoly(mask, np.round(turned * size * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    return np.asarray(image * (mask[:, :, None] / np.float32(255)), np.uint8)
