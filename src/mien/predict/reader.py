"""The two doors of the package: `mien.read` for a photo, `mien.open` for a video."""

from collections.abc import Sequence
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.errors import MienError
from mien.faces.image import read_image
from mien.faces.landmarker import Landmarker
from mien.faces.networks import RunnerName
from mien.faces.warp import Image
from mien.predict.ask import phrases
from mien.predict.baseline import baseline as own_level
from mien.predict.frames import SUFFIXES
from mien.predict.photo import Photo
from mien.predict.predictor import Predictor
from mien.predict.quality import Limits
from mien.predict.shipped import default_bundle
from mien.predict.smoothing import smoothing

if TYPE_CHECKING:
    from mien.predict.video import Video

PathLikeText = str | PathLike[str]


def read(
    photo: PathLikeText | Image,
    *,
    model: PathLikeText | None = None,
    expressions: bool = False,
    purpose: str | None = None,
    ask: Sequence[str] = (),
    max_faces: int | None = None,
    limits: Limits | None = None,
    runner: RunnerName = "auto",
    providers: Sequence[str] | None = None,
    cache: PathLikeText | None = None,
) -> Photo:
    """Read the faces of a photo.

    The networks are loaded at the first call and kept for the next with the same options.

    Args:
        photo: a file, or RGB uint8 (height, width, 3).
        model: a bundle folder; the model that comes with the package by default.
        expressions: also give expressions, valence and arousal; needs `purpose`.
        purpose: what expressions are read for.
        ask: phrases, each answered with a probability (`FaceReading.answers`).
        max_faces: the largest so many; all by default.
        limits: beyond which a face is not scored.
        runner: of the landmark networks, as for `Landmarker`.
        providers: what computes, as of `mien.predict.providers.choose`.
        cache: cache of assets; the user's by default.

    Raises:
        MienError: the file is missing or no sound image, no model, an asset is not fetched, the
            purpose is missing or prohibited, the model cannot be asked, or a number out of range.
    """
    predictor = _predictor(
        model, expressions=expressions, purpose=purpose, ask=ask, max_faces=max_faces,
        limits=limits, runner=runner, providers=providers, cache=cache,
    )  # fmt: skip
    pixels = photo if isinstance(photo, np.ndarray) else _pixels(Path(photo))
    faces = predictor.image(pixels)
    return Photo(
        faces,
        source="" if isinstance(photo, np.ndarray) else str(Path(photo)),
        width=pixels.shape[1],
        height=pixels.shape[0],
        bundle=predictor.model.bundle,
        expressions=expressions,
        prompts=predictor.prompts,
        purpose=predictor.purpose,
    )


def open(  # noqa: A001 - `mien.open`, as `PIL.Image.open`
    video: PathLikeText,
    *,
    model: PathLikeText | None = None,
    every: int = 1,
    start: float | None = None,
    end: float | None = None,
    smooth: str | None = None,
    baseline: str | None = None,
    expressions: bool = False,
    purpose: str | None = None,
    ask: Sequence[str] = (),
    max_faces: int | None = None,
    limits: Limits | None = None,
    runner: RunnerName = "auto",
    providers: Sequence[str] | None = None,
    cache: PathLikeText | None = None,
) -> "Video":
    """Open a video for reading, frame by frame.

    Args:
        video: a file that FFmpeg can read, or `webcam`, `webcam:1`.
        model: a bundle folder; the model that comes with the package by default.
        every: read each so-manieth frame.
        start: seconds at which to begin, by the frames' own times.
        end: seconds; frames at or after it are not read.
        smooth: `one-euro` steadies the scores over time; off by default.
        baseline: seconds at rest such as `0-5`, or `median` of all: takes each face's own level off
            its scores, as `mien predict --baseline`. A file is read twice as far as that needs. A
            camera needs seconds; until they are over, its faces have status `no level`.
        expressions: also give expressions, valence and arousal; needs `purpose`.
        purpose: what expressions are read for.
        ask: phrases, each answered with a probability.
        max_faces: of each frame, the largest so many; all by default.
        limits: beyond which a face is not scored.
        runner: of the landmark networks, as for `Landmarker`.
        providers: what computes, as of `mien.predict.providers.choose`.
        cache: cache of assets; the user's by default.

    Raises:
        MienError: the file is missing or holds no video, and as for `read`.
    """
    from mien.predict.camera import Camera, camera_number  # here: photos need no FFmpeg
    from mien.predict.clip import Clip
    from mien.predict.video import Video

    steady, level = smoothing(smooth), own_level(baseline)
    predictor = _predictor(
        model, expressions=expressions, purpose=purpose, ask=ask, max_faces=max_faces,
        limits=limits, runner=runner, providers=providers, cache=cache,
    )  # fmt: skip
    number = camera_number(str(video))
    live = number is not None and not Path(video).exists()
    clip = Camera(number or 0) if live else Clip(Path(video))
    return Video(predictor, clip, every=every, start=start, end=end, smooth=steady, baseline=level)


def _pixels(path: Path) -> Image:
    try:
        return read_image(path)
    except MienError as problem:
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            raise
        raise MienError(
            "this is a clip, and no photo", remedy=f"mien.open({str(path)!r})", path=path
        ) from problem


def _predictor(
    model: PathLikeText | None,
    *,
    expressions: bool,
    purpose: str | None,
    ask: Sequence[str],
    max_faces: int | None,
    limits: Limits | None,
    runner: RunnerName,
    providers: Sequence[str] | None,
    cache: PathLikeText | None,
) -> Predictor:
    bundle = default_bundle() if model is None else Path(model)
    return _loaded(
        bundle=bundle.resolve(), expressions=expressions, purpose=purpose, ask=phrases(ask),
        max_faces=max_faces, limits=limits, runner=runner,
        providers=None if providers is None else tuple(providers),
        cache=None if cache is None else Path(cache),
    )  # fmt: skip


@lru_cache(maxsize=2)
def _loaded(
    *,
    bundle: Path,
    expressions: bool,
    purpose: str | None,
    ask: tuple[str, ...],
    max_faces: int | None,
    limits: Limits | None,
    runner: RunnerName,
    providers: tuple[str, ...] | None,
    cache: Path | None,
) -> Predictor:
    return Predictor(
        bundle, landmarker=Landmarker(runner=runner, cache=cache), expressions=expressions,
        purpose=purpose, limits=limits, max_faces=max_faces, ask=ask, providers=providers,
        cache=cache,
    )  # fmt: skip
