"""Who makes the pictures: what a renderer must offer, and the one that runs anywhere."""

from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from mien.lab.conditions.world import World
from mien.lab.expression import FaceState
from mien.lab.people.person import Person
from mien.lab.render import Rendered, render, render_scene


@runtime_checkable
class Renderer(Protocol):
    """What any renderer offers; pixels are a pure function of the arguments.

    `mien.lab.corpus.make` sends it to other processes and records it in `store.json`: let it be a
    frozen dataclass of plain fields, at the top of a module.
    """

    def render(
        self, person: Person, face: FaceState, world: World, *, size: int, seed: int
    ) -> Rendered:
        """A canonical crop; arguments as of `mien.lab.render.render`."""
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
        """A whole frame with the head in it; as `mien.lab.render.render_scene`."""
        ...


@dataclass(frozen=True, kw_only=True)
class CpuRenderer:
    """The lab's own renderer: `mien.lab.render`, NumPy and OpenCV."""

    def render(
        self, person: Person, face: FaceState, world: World, *, size: int, seed: int
    ) -> Rendered:
        """A canonical crop."""
        return render(person, face, world, size=size, seed=seed)

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
        return render_scene(
            person, face, world, width=width, height=height, centre=centre, scale=scale, seed=seed
        )


CPU: Final[Renderer] = CpuRenderer()
"""The default everywhere."""
