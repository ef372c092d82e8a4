"""Photos read on a few threads that share one network; the only file that knows the predictor."""

import asyncio
import copy
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mien.errors import MienError
from mien.faces import geometry as geometries
from mien.faces.landmarker import Landmarker
from mien.faces.warp import Image
from mien.predict.model import Model
from mien.predict.predictor import Predictor
from mien.predict.purpose import needed_purpose
from mien.predict.reading import FaceReading, Values
from mien.serve.batcher import Arrays, Batcher
from mien.serve.decode import PhotoDecoder, decode, limited
from mien.serve.metrics import Metrics
from mien.serve.phrases import Phrases
from mien.serve.problems import Refused, of_mien
from mien.serve.settings import Settings

_CROPS, _GEOMETRY = "crops", "geometry"
_RECENT = 0.1
"""Weight of the last photo in how long a photo takes."""
_STATE = "state it as `purpose`, for example: psychology study, consented volunteers"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What one request asks for beyond action units."""

    expressions: bool = False
    purpose: str | None = None
    """What expressions are read for."""
    prompts: tuple[str, ...] = ()
    """Phrases to put to each face."""
    small_faces: bool = False
    """Search for small faces even beside large ones."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """A photo's faces."""

    width: int
    height: int
    faces: tuple[FaceReading, ...]
    purpose: str
    """As stated, where one was needed; else empty."""


class Readers:
    """Reads photos for the service.

    Args:
        bundle: folder of the model.
        settings: how many at once, how long to wait, how many pixels and faces.
        metrics: told of faces and batches.
        cache: cache of assets; the user's by default.

    Raises:
        MienError: bad bundle, or landmark networks not fetched.
    """

    def __init__(
        self,
        bundle: Path,
        *,
        settings: Settings,
        metrics: Metrics,
        cache: Path | None = None,
    ) -> None:
        self.bundle = bundle
        self.cache = cache
        self._settings = settings
        self._metrics = metrics
        self.model = Model(bundle, threads=1 if settings.readers > 1 else None)
        self._own = threading.local()
        self._decoders: list[PhotoDecoder] = []
        self._lock = threading.Lock()
        self._reading = 0
        self._each = 0.0
        Landmarker(cache=cache)  # missing networks are found now, not at the first photo
        if settings.readers > 1:
            cv2.setNumThreads(1)
        self._batcher = Batcher(
            self._run, most=settings.batch, seconds=settings.batch_seconds,
            waiting=4 * settings.readers, expected=lambda: self._reading, told=self._scored,
        )  # fmt: skip
        self._phrases = Phrases(self.model, cache=cache)
        self._shared = copy.copy(self.model)
        vars(self._shared).update(score=self._score, known_texts=self._phrases.known)
        self._threads = ThreadPoolExecutor(settings.readers, thread_name_prefix="mien-reader")

    def each(self) -> float:
        """Seconds between two photos when there is always one to read, as of late."""
        return self._each

    @property
    def can_ask(self) -> bool:
        """Whether phrases can be put to the model."""
        return self.model.can_ask

    async def read(self, content: bytes, wish: Wish) -> Seen:
        """The faces of a photo.

        Raises:
            Refused: purpose missing or prohibited (403), no sound image (422), too large (413),
                more asked than the model has (501), or waited too long (503).
        """
        purpose = self.check(wish)
        came = time.monotonic()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._read, content, wish, purpose, came)

    def close(self) -> None:
        """Finish what is being read, then give everything back."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._batcher.close()
        for decoder in self._decoders:
            decoder.close()

    def check(self, wish: Wish) -> str:
        """The purpose as it is kept; empty where none is needed.

        Raises:
            Refused: purpose missing or prohibited (403), or more than the model has (501).
        """
        try:
            purpose = needed_purpose(
                wish.purpose, expressions=wish.expressions, prompts=wish.prompts
            )
        except MienError as problem:
            stated = bool((wish.purpose or "").strip())
            remedy = problem.remedy if stated else None
            raise Refused(403, problem.problem, remedy=remedy or _STATE) from problem
        if wish.prompts and not self.can_ask:
            raise Refused(
                501, "this model cannot be asked: it has no text side",
                remedy="start the service with a bundle that can be, such as the shipped model",
            )  # fmt: skip
        if wish.expressions and not {"expression", "affect"} & set(self.model.outputs):
            raise Refused(501, "this model has no expressions", remedy="ask for action units only")
        return purpose

    def _read(self, content: bytes, wish: Wish, purpose: str, came: float) -> Seen:
        began = time.monotonic()
        if began - came > 2 * self._settings.wait_seconds:  # it should not have been let in
            raise Refused(
                503, "the photo waited too long", remedy="try again later", retry_after=1
            )  # fmt: skip
        with self._lock:
            self._reading += 1
        try:
            self._phrases.learn(wish.prompts)
            decoder, landmarker = self._mine()
            image = decode(content, decoder, pixels=self._settings.photo_pixels)
            predictor = Predictor(
                self._shared, landmarker=landmarker, expressions=wish.expressions,
                purpose=purpose or None, max_faces=self._settings.faces, ask=wish.prompts,
                cache=self.cache,
            )  # fmt: skip
            faces = tuple(predictor.image(image, thorough=wish.small_faces))
        except MienError as problem:
            raise of_mien(problem) from problem
        except TimeoutError:
            raise Refused(
                503, "the network did not answer in time", remedy="try again later", retry_after=1
            ) from None
        finally:
            took = (time.monotonic() - began) / self._settings.readers
            with self._lock:
                self._reading -= 1
                self._each += _RECENT * (took - self._each)
        for face in faces:
            self._metrics.add("mien_faces_total", status=face.status)
        height, width = image.shape[:2]
        return Seen(width=int(width), height=int(height), faces=faces, purpose=purpose)

    def _mine(self) -> tuple[PhotoDecoder, Landmarker]:
        """This thread's decoder and landmark networks, which serve one photo at a time."""
        if not hasattr(self._own, "landmarker"):
            decoder = limited(self._settings.photo_pixels)
            with self._lock:
                self._decoders.append(decoder)
            self._own.decoder, self._own.landmarker = decoder, Landmarker(cache=self.cache)
        return self._own.decoder, self._own.landmarker

    def _score(
        self, crops: Image, *, geometry: npt.NDArray[np.floating] | None = None
    ) -> dict[str, Values]:
        """As `Model.score`, together with other requests' faces."""
        if len(crops) == 0:
            return self.model.score(crops)
        inputs: dict[str, npt.NDArray[Any]] = {_CROPS: crops}
        if self.model.wants_geometry:
            unknown = np.full((len(crops), geometries.WIDTH), np.nan, np.float32)
            inputs[_GEOMETRY] = unknown if geometry is None else geometry
        return self._batcher.score(inputs)

    def _run(self, inputs: Arrays) -> dict[str, Values]:
        return self.model.score(inputs[_CROPS], geometry=inputs.get(_GEOMETRY))

    def _scored(self, faces: int) -> None:
        self._metrics.add("mien_batches_total")
        self._metrics.add("mien_batch_faces_total", float(faces))
