"""What goes in and out, as types; GET /openapi.json is made of these."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Probability = float


class Shape(BaseModel):
    """An answer; nothing but its fields is in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Shape):
    """Why a request was not answered, and what to do about it."""

    error: str
    remedy: str


class Box(Shape):
    """Pixels of the upright image, from its left and top edge."""

    left: float
    top: float
    right: float
    bottom: float


class Pose(Shape):
    """Degrees; the signs are those of the template."""

    yaw: float
    pitch: float
    roll: float


class Quality(Shape):
    """How well a face can be read."""

    size: float = Field(description="side of the canonical square, px")
    blur: float = Field(description="0 sharp to 1 blurred")
    frontal: float = Field(description="cosine of the angle to the camera")


class Unit(Shape):
    """One action unit of one face."""

    unit: int
    probability: float | None = Field(description="0-1; null where the model gives none")
    present: bool | None = Field(description="whether the probability reaches the threshold")
    intensity: float | None = Field(description="0-5; null where the model gives none")


class Expressions(Shape):
    """Only on request, with a purpose."""

    probabilities: dict[str, float]
    valence: float | None = Field(description="-1 to 1")
    arousal: float | None = Field(description="-1 to 1")


class Asked(Shape):
    """A phrase and how well it fits."""

    phrase: str
    probability: float


FaceStatus = Literal["ok", "too small", "blurred", "turned away"]


class Face(Shape):
    """One face; a face that is not `ok` is not scored and has no units."""

    face: int = Field(description="0 is the largest")
    status: FaceStatus
    box: Box
    score: float = Field(description="the detector's belief, 0-1")
    presence: float = Field(description="the landmark network's belief, 0-1")
    pose: Pose
    quality: Quality
    units: list[Unit]
    landmarks: list[tuple[float, float]] | None = Field(description="478 points, px; on request")
    expressions: Expressions | None
    asked: list[Asked] | None


class Reading(Shape):
    """What a photo shows."""

    width: int
    height: int
    status: Literal["ok", "no face"]
    faces: list[Face]
    purpose: str = Field(description="as stated, where one was needed; else empty")
    model: str = Field(description="SHA-256 of the model")


class Job(Shape):
    """A clip on its way."""

    id: str
    state: Literal["waiting", "reading", "done", "failed"]
    progress: float = Field(description="0-1, of the frames that the file claims")
    frames: int = Field(description="frames read so far")
    ahead: int = Field(description="jobs that come first")
    rows: int = Field(description="rows of the readings; 0 until done")
    problem: Problem | None
    note: str = Field(description="what is wrong with the clip though it could be read")
    expires_in: float | None = Field(description="seconds until the readings are removed")


Column = list[int | None] | list[float | None] | list[str | None]


class Table(Shape):
    """Readings by column, as of docs/predict.md."""

    rows: int
    columns: dict[str, Column]


class Landmarks(Shape):
    """Landmarks of a clip for rows of its readings."""

    first: int = Field(description="the row of the readings that the first of these belongs to")
    rows: list[list[tuple[float, float]] | None] = Field(
        description="478 points of each row's face, px; null where the row has none"
    )


class UnitFacts(Shape):
    """What the model reads."""

    unit: int
    name: str
    look: str
    threshold: float


class Limits(Shape):
    """What the service allows."""

    photo_bytes: int
    photo_pixels: int
    clip_bytes: int
    clip_pixels: int
    clip_seconds: float
    faces: int
    prompts: int
    keep_seconds: float


class ModelFacts(Shape):
    """The model and its limits."""

    name: str
    sha256: str
    version: str = Field(description="of mien")
    licence: str
    statement: str = Field(description="what it was trained on and must not be used for")
    units: list[UnitFacts]
    intensity: bool
    expressions: list[str]
    affect: bool
    can_ask: bool
    limits: Limits


class Health(Shape):
    """Whether the service can read."""

    status: Literal["ok", "stopping"]
    version: str
    model: str
    uptime: float = Field(description="seconds")
    reading: int = Field(description="photos on their way")
    jobs: int = Field(description="clips waiting or being read")
