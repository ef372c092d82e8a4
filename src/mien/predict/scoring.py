"""Found faces measured, and those that can be read put to the model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from mien.faces import geometry
from mien.faces.landmarker import Face, Landmarker
from mien.faces.pose import pose
from mien.faces.template import CANONICAL
from mien.faces.warp import Image
from mien.predict.model import Model
from mien.predict.quality import Limits, measure
from mien.predict.reading import FaceReading, Values


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """An image with the faces found in it."""

    image: Image
    """RGB uint8 (height, width, 3)."""
    faces: Sequence[Face]
    numbers: Sequence[int]
    """What to call each face."""


class Scorer:
    """Turns faces of images into readings, scored in one batch.

    Args:
        model: the network.
        landmarker: for blend shapes, where the model reads them.
        limits: beyond which a face is not scored.
        expressions: also give expressions, valence and arousal.
        prompts: phrases to ask.
        text: (prompts, features) of the phrases; None without any.
    """

    def __init__(
        self,
        model: Model,
        landmarker: Landmarker,
        *,
        limits: Limits,
        expressions: bool,
        prompts: Sequence[str] = (),
        text: Values | None = None,
    ) -> None:
        self._model = model
        self._landmarker = landmarker
        self._limits = limits
        self._expressions = expressions
        self._prompts = tuple(prompts)
        self._text = text

    @property
    def names(self) -> tuple[str, ...]:
        """Expression names that are given; empty without `expressions`."""
        return self._model.bundle.expressions if self._expressions else ()

    @property
    def gives_affect(self) -> bool:
        """Whether valence and arousal are given."""
        return self._expressions and "affect" in self._model.outputs

    def read(self, image: Image, faces: list[Face], numbers: list[int]) -> list[FaceReading]:
        """Measure each face, and score in one batch those that can be read."""
        return self.read_all([Seen(image=image, faces=faces, numbers=numbers)])[0]

    def read_all(self, images: Sequence[Seen]) -> list[list[FaceReading]]:
        """Readings of several images' faces, scored together: a batch takes less than its parts."""
        found = [
            (seen.image, face, number)
            for seen in images
            for face, number in zip(seen.faces, seen.numbers, strict=True)
        ]
        size = self._model.bundle.size
        crops = [CANONICAL.crop(image, face.landmarks, size) for image, face, _ in found]
        readings = [self._blank(*one, crop) for one, crop in zip(found, crops, strict=True)]
        fit = [place for place, reading in enumerate(readings) if reading.status == "ok"]
        if fit:
            scores = self._score([crops[place] for place in fit], [found[n][1] for n in fit])
            for row, place in enumerate(fit):
                own = {key: value[row] for key, value in scores.items()}
                readings[place] = self._fill(readings[place], own)
        rest = iter(readings)
        return [list(islice(rest, len(seen.faces))) for seen in images]

    def _score(self, crops: list[Image], faces: list[Face]) -> dict[str, Values]:
        if not self._model.wants_geometry:
            found = self._model.score(np.stack(crops), geometry=None)
        else:
            shapes = [self._landmarker.blendshapes(face.landmarks) for face in faces]
            told = [
                geometry.describe(face.landmarks, own)
                for face, own in zip(faces, shapes, strict=True)
            ]
            found = self._model.score(np.stack(crops), geometry=np.stack(told))
            found["shapes"] = np.stack(shapes)
        if self._text is not None:
            found["asked"] = self._model.ask(found["embedding"], self._text)
        return found

    def _blank(self, image: Image, face: Face, number: int, crop: Image) -> FaceReading:
        turn = pose(face.landmarks)
        quality = measure(image, face, turn, crop=crop)
        units = self._model.bundle.aus
        nothing: Values = np.full(len(units), np.nan, np.float32)
        prompts = self._prompts
        return FaceReading(
            face=number,
            status=self._limits.status(quality),
            box=face.box,
            score=face.score,
            presence=face.presence,
            landmarks=face.landmarks,
            pose=turn,
            quality=quality,
            units=units,
            au=nothing,
            intensity=nothing if "intensity" in self._model.outputs else None,
            expressions=self.names,
            expression=np.full(len(self.names), np.nan, np.float32) if self.names else None,
            affect=np.full(2, np.nan, np.float32) if self.gives_affect else None,
            prompts=prompts,
            asked=np.full(len(prompts), np.nan, np.float32) if prompts else None,
        )

    def _fill(self, reading: FaceReading, scores: dict[str, Values]) -> FaceReading:
        return replace(
            reading,
            au=scores.get("au", reading.au),
            intensity=scores.get("intensity"),
            expression=scores["expression"] if self.names else None,
            affect=scores["affect"] if self.gives_affect else None,
            asked=scores.get("asked"),
            shapes=scores.get("shapes"),
        )
