"""Everything about a picture that is not the person or the expression."""

from dataclasses import dataclass

import numpy as np

from mien.lab.people.person import Colour

BACKGROUNDS = ("plain", "gradient", "noise", "shapes", "room", "shelves", "outdoors")
OCCLUDERS = ("none", "hand", "strand", "object", "phone", "cup", "microphone")


@dataclass(frozen=True, kw_only=True)
class Light:
    """A distant lamp, placed relative to the camera."""

    yaw: float
    """Degrees; positive: from the right of the picture."""
    pitch: float
    """Degrees; positive: from above."""
    intensity: float
    colour: Colour = (1.0, 1.0, 1.0)
    softness: float = 0.5
    """0 (a point) to 1 (a window)."""


@dataclass(frozen=True, kw_only=True)
class Camera:
    """The lens and the sensor's handling."""

    field_of_view: float = 20.0
    """Degrees spanned by about two head heights; small is a long lens."""
    exposure: float = 0.0
    """Stops."""
    contrast: float = 1.0
    white_balance: Colour = (1.0, 1.0, 1.0)
    vignette: float = 0.0
    """Share of light lost in the corners."""
    gamma: float = 1.0
    """Power applied to the finished tone, 0-1: below 1 is lighter."""
    lift: float = 0.0
    """What black comes out as, 0-1."""
    profile: str = ""
    """Name of the camera in `cameras.PROFILES`, "" for none."""


@dataclass(frozen=True, kw_only=True)
class Background:
    """What stands behind the head."""

    kind: str = "gradient"
    colours: tuple[Colour, Colour] = ((0.2, 0.2, 0.2), (0.4, 0.4, 0.4))
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Framing:
    """A similarity about the crop's centre, as a detector's error or loose framing would give."""

    dx: float = 0.0
    """Shift to the right, in crop widths."""
    dy: float = 0.0
    """Shift down, in crop widths."""
    log_scale: float = 0.0
    degrees: float = 0.0
    """Clockwise in the picture."""


@dataclass(frozen=True, kw_only=True)
class Degradation:
    """What happens to the picture after it is taken; every default is "nothing"."""

    resolution: float = 1.0
    """Fraction of the crop's side the face was recorded at."""
    blur: float = 0.0
    """Gaussian sigma in pixels of a 112-px crop."""
    motion: float = 0.0
    """Length of motion blur in pixels of a 112-px crop."""
    motion_degrees: float = 0.0
    noise: float = 0.0
    """Standard deviation in 8-bit steps."""
    grain: float = 0.0
    """Size of the noise's grain, 0 (a pixel) to 1 (several)."""
    grey: bool = False
    grey_mix: Colour = (0.299, 0.587, 0.114)
    """Shares of red, green and blue in a grey picture."""
    halo: float = 0.0
    """Strength of sharpening: 1 is the bright and dark seams of old video."""
    chroma: float = 0.0
    """Gaussian sigma of the colours alone, in pixels of a 112-px crop."""
    interlace: float = 0.0
    """Shift of every second line, in pixels of a 112-px crop."""
    jpeg: int = 0
    """Quality 1-100; 0 is not compressed."""
    occluder: str = "none"
    occluder_at: tuple[float, float] = (0.5, 0.8)
    """Centre in crop widths."""
    occluder_size: float = 0.3
    occluder_colour: Colour = (0.4, 0.3, 0.25)
    occluder_degrees: float = 0.0
    profile: str = ""
    """Name of the camera in `cameras.PROFILES`, "" for none."""


@dataclass(frozen=True, kw_only=True)
class World:
    """Pose, camera, lights, background and degradations of one frame.

    A clip keeps one world and changes `yaw`, `pitch`, `roll` (and `framing`) from frame to frame
    with `dataclasses.replace`.
    """

    yaw: float = 0.0
    """Degrees; positive: the head turns to the subject's left (the picture's right)."""
    pitch: float = 0.0
    """Degrees; positive: the head looks up."""
    roll: float = 0.0
    """Degrees; positive: the crown tilts to the subject's left (clockwise in the picture)."""
    camera: Camera = Camera()
    lights: tuple[Light, ...] = (Light(yaw=-30.0, pitch=30.0, intensity=1.0),)
    """The first is the key light."""
    ambient: Colour = (0.3, 0.3, 0.3)
    background: Background = Background()
    framing: Framing = Framing()
    degradation: Degradation = Degradation()
    rig: str = ""
    """Name of the lights in `rigs.RIGS`, "" for none."""

    @property
    def light_yaw(self) -> float:
        """Direction of the key light, degrees."""
        return self.lights[0].yaw

    @property
    def light_pitch(self) -> float:
        """Direction of the key light, degrees."""
        return self.lights[0].pitch

    @property
    def light_ratio(self) -> float:
        """Key light over key, fill and ambient together, 0-1."""
        total = sum(light.intensity for light in self.lights) + float(np.mean(self.ambient))
        return self.lights[0].intensity / total if total else 0.0
