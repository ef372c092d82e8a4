"""Reads faces in photos and clips with an exported model."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mien.errors import MienError
from mien.faces.image import read_image
from mien.faces.landmarker import Face, Landmarker, distinct
from mien.faces.pose import pose
from mien.faces.template import CANONICAL
from mien.faces.warp import Image
from mien.predict.clip import Clip, ClipFrame
from mien.predict.model import Model
from mien.predict.purpose import check_purpose
from mien.predict.quality import Limits, measure
from mien.predict.reading import FaceReading, FrameReading, Values
from mien.predict.tracks import Tracks

_SEARCH_AGAIN = 15
"""Frames after which a clip is searched anew, for faces that came in."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SeenFrame:
    """A frame's reading with its pixels; they are None where it could not be decoded."""

    reading: FrameReading
    image: Image | None


class Predictor:
    """Action units of every face in a photo or clip.

    Args:
        bundle: folder that `mien export` wrote.
        landmarker: finds the faces; a `Landmarker()` by default.
        expressions: also give expressions, valence and arousal, if the model has them.
        purpose: what expressions are read for; required with `expressions`.
        limits: beyond which a face is not scored.
        max_faces: of each image, the largest so many; all by default.
        threads: threads of ONNX Runtime; as many as cores by default.

    Raises:
        MienError: no bundle or another template, asset not fetched, purpose missing or
            prohibited, or expressions asked of a model that has none.
    """

    def __init__(
        self,
        bundle: Path | str,
        *,
        landmarker: Landmarker | None = None,
        expressions: bool = False,
        purpose: str | None = None,
        limits: Limits | None = None,
        max_faces: int | None = None,
        threads: int | None = None,
    ) -> None:
        self.purpose = check_purpose(purpose) if expressions else ""
        self.model = Model(Path(bundle), threads=threads)
        if expressions and not {"expression", "affect"} & set(self.model.outputs):
            raise MienError("the model has no expressions", remedy="leave out --expressions")
        self.landmarker = Landmarker() if landmarker is None else landmarker
        self.limits = Limits() if limits is None else limits
        self._expressions = expressions
        self._max_faces = max_faces

    @property
    def names(self) -> tuple[str, ...]:
        """Expression names this predictor gives; empty without `expressions`."""
        return self.model.bundle.expressions if self._expressions else ()

    @property
    def gives_affect(self) -> bool:
        """Whether this predictor gives valence and arousal."""
        return self._expressions and "affect" in self.model.outputs

    def image(self, photo: Image | Path | str) -> list[FaceReading]:
        """Faces of one photo, largest first.

        Args:
            photo: a file, or RGB uint8 (height, width, 3).

        Raises:
            MienError: the file is missing or no sound image.
        """
        pixels = photo if isinstance(photo, np.ndarray) else read_image(photo)
        faces = self.landmarker.detect(pixels, max_faces=self._max_faces, thorough=True)
        return self._read(pixels, faces, list(range(len(faces))))

    def video(self, clip: Path | str, *, every: int = 1) -> Iterator[FrameReading]:
        """Readings of a clip's frames, in order, one frame in memory at a time.

        Args:
            clip: a file that FFmpeg can read.
            every: read each so-manieth frame.

        Raises:
            MienError: the file is missing or holds no decodable video.
        """
        for seen in self.watch(Clip(clip), every=every):
            yield seen.reading

    def watch(self, clip: Clip, *, every: int = 1) -> Iterator[SeenFrame]:
        """Like `video`, with each frame's pixels beside its reading."""
        follower = _Follower(self.landmarker, self._max_faces)
        tracks = Tracks()
        for frame in clip.frames(every=every):
            yield SeenFrame(reading=self._read_frame(frame, follower, tracks), image=frame.image)

    def _read_frame(self, frame: ClipFrame, follower: "_Follower", tracks: Tracks) -> FrameReading:
        if frame.image is None:
            return FrameReading(frame=frame.index, time=frame.time, status="damaged", faces=())
        faces = follower.find(frame.image)
        numbers = tracks.number([face.box for face in faces], frame.time)
        return FrameReading(
            frame=frame.index,
            time=frame.time,
            status="ok" if faces else "no face",
            faces=tuple(self._read(frame.image, faces, numbers)),
        )

    def _read(self, image: Image, faces: list[Face], numbers: list[int]) -> list[FaceReading]:
        """Measure each face, and score in one batch those that can be read."""
        blank = [
            self._blank(image, face, number) for face, number in zip(faces, numbers, strict=True)
        ]
        fit = [place for place, reading in enumerate(blank) if reading.status == "ok"]
        size = self.model.bundle.size
        crops = np.zeros((len(fit), size, size, 3), np.uint8)
        for row, place in enumerate(fit):
            crops[row] = CANONICAL.crop(image, faces[place].landmarks, size)
        scores = self.model.score(crops)
        for row, place in enumerate(fit):
            blank[place] = self._fill(
                blank[place], {key: value[row] for key, value in scores.items()}
            )
        return blank

    def _blank(self, image: Image, face: Face, number: int) -> FaceReading:
        turn = pose(face.landmarks)
        quality = measure(image, face, turn)
        units = self.model.bundle.aus
        nothing: Values = np.full(len(units), np.nan, np.float32)
        return FaceReading(
            face=number,
            status=self.limits.status(quality),
            box=face.box,
            score=face.score,
            presence=face.presence,
            landmarks=face.landmarks,
            pose=turn,
            quality=quality,
            units=units,
            au=nothing,
            intensity=nothing if "intensity" in self.model.outputs else None,
            expressions=self.names,
            expression=np.full(len(self.names), np.nan, np.float32) if self.names else None,
            affect=np.full(2, np.nan, np.float32) if self.gives_affect else None,
        )

    def _fill(self, reading: FaceReading, scores: dict[str, Values]) -> FaceReading:
        return replace(
            reading,
            au=scores.get("au", reading.au),
            intensity=scores.get("intensity"),
            expression=scores["expression"] if self.names else None,
            affect=scores["affect"] if self.gives_affect else None,
        )


class _Follower:
    """Finds a clip's faces: follows those of the last frame, and searches now and then."""

    def __init__(self, landmarker: Landmarker, max_faces: int | None) -> None:
        self._landmarker = landmarker
        self._max_faces = max_faces
        self._faces: list[Face] = []
        self._count = 0

    def find(self, image: Image) -> list[Face]:
        """Faces of the next frame, largest first."""
        followed = [self._landmarker.follow(image, face) for face in self._faces]
        kept = [face for face in followed if face is not None]
        search = self._count % _SEARCH_AGAIN == 0
        lost = len(kept) < len(self._faces)
        if search or lost or not kept:
            # between full searches only coarse ones: a clip without faces must not take longest
            found = self._landmarker.detect(image, depth=4 if search else 2)
            kept = distinct([*kept, *found])
        self._count += 1
        self._faces = distinct(kept)[: self._max_faces]
        return self._faces
