"""What is read off a face and a frame: small frozen results."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from mien.faces.pose import Pose

Values = npt.NDArray[np.float32]
FaceStatus = Literal["ok", "too small", "blurred", "turned away", "no level"]
"""Whether a face was scored, or why not; the last only where a baseline is taken off."""
FrameStatus = Literal["ok", "no face", "damaged"]
"""Whether a frame holds a face, none, or could not be decoded."""


@dataclass(frozen=True, kw_only=True)
class Quality:
    """How well a face can be read."""

    size: float
    """Side of the canonical square in image px; the outer eye corners are 0.44 of it apart."""
    blur: float
    """0 sharp to 1 blurred (`quality.blur`)."""
    frontal: float
    """Cosine of the angle between face and camera: 1 frontal, 0 in profile."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FaceReading:
    """One face: where it is, how well it can be seen, and what the model says of it.

    A face that is too small, blurred or turned away is not scored: its values are NaN. So are the
    units of one that has no level of its own, where such levels are taken off.
    """

    face: int
    """Number within a photo (0 is the largest); within a clip, the same while it is followed."""
    status: FaceStatus
    box: Values
    """(4,) left, top, right, bottom, image px."""
    score: float
    """The detector's, 0-1."""
    presence: float
    """The landmark network's, 0-1."""
    landmarks: Values = field(repr=False)
    """(478, 3), image px."""
    pose: Pose
    quality: Quality
    units: tuple[int, ...]
    """Unit numbers, in the order of `au` and `intensity`."""
    au: Values
    """(units,) probability of each unit, 0-1."""
    intensity: Values | None = None
    """(units,) intensity, 0-5, from a model that estimates it."""
    expressions: tuple[str, ...] = ()
    """Expression names; empty unless expressions were asked for."""
    expression: Values | None = None
    """(expressions,) probabilities."""
    affect: Values | None = None
    """(2,) valence and arousal, -1 to 1."""
    shapes: Values | None = field(default=None, repr=False)
    """(52,) blend shapes 0-1, as `mien.faces.blendshapes.NAMES`, of a scored face whose model reads
    them; they are MediaPipe's, and no action units."""
    prompts: tuple[str, ...] = ()
    """Phrases that were asked."""
    asked: Values | None = None
    """(prompts,) probability of each phrase, 0-1."""

    @property
    def aus(self) -> dict[int, float]:
        """Probability by unit number, `{12: 0.93, ...}`; NaN where the face was not scored."""
        return dict(zip(self.units, map(float, self.au), strict=True))

    @property
    def intensities(self) -> dict[int, float]:
        """Intensity (0-5) by unit number; empty if the model estimates none."""
        if self.intensity is None:
            return {}
        return dict(zip(self.units, map(float, self.intensity), strict=True))

    @property
    def answers(self) -> dict[str, float]:
        """Probability by phrase asked, `{"eyes wide open": 0.71}`."""
        if self.asked is None:
            return {}
        return dict(zip(self.prompts, map(float, self.asked), strict=True))

    def __repr__(self) -> str:
        left, top, right, bottom = (round(float(value)) for value in self.box)
        return (
            f"FaceReading(face {self.face}, {self.status}, box {left} {top} {right} {bottom}, "
            f"au {self.au.shape})"
        )

    def unit(self, number: int) -> float:
        """Probability of one unit.

        Raises:
            KeyError: the model does not read it.
        """
        if number not in self.units:
            raise KeyError(number)
        return float(self.au[self.units.index(number)])


@dataclass(frozen=True, kw_only=True, eq=False)
class FrameReading:
    """One frame of a clip."""

    frame: int
    """Number of the frame in the clip, from 0."""
    time: float
    """Seconds, from the frame's own timestamp."""
    status: FrameStatus
    faces: tuple[FaceReading, ...]
    width: int | None = None
    """Of the upright frame, px; None where it could not be decoded."""
    height: int | None = None

    def __repr__(self) -> str:
        count = f"{len(self.faces)} face" + ("" if len(self.faces) == 1 else "s")
        return f"FrameReading(frame {self.frame}, {self.time:.3f} s, {self.status}, {count})"
