"""Reads faces in photos and clips with an exported model."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from mien.errors import MienError
from mien.faces.image import read_image
from mien.faces.landmarker import Face, Landmarker
from mien.faces.warp import Image
from mien.predict.ahead import ahead
from mien.predict.ask import phrases, vectors
from mien.predict.counts import at_least_one
from mien.predict.following import Follower, State, part_of
from mien.predict.frames import ClipFrame, Frames
from mien.predict.model import Model
from mien.predict.purpose import needed_purpose
from mien.predict.quality import Limits
from mien.predict.reading import FaceReading, FrameReading
from mien.predict.scoring import Scorer, Seen
from mien.predict.smoothing import Smoother, Smoothing

_FOUND_AHEAD: Final = 3
"""Frames of a file whose faces are found before they are scored."""
TOGETHER: Final = 4
"""Frames of a file that are scored together: the network takes a third less time for each."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SeenFrame:
    """A frame's reading with its pixels; they are None where it could not be decoded."""

    reading: FrameReading
    image: Image | None
    state: State | None = None
    """What a later reading needs to go on after this frame, where it was asked for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Found:
    """A frame whose faces are found and numbered, but not scored."""

    frame: ClipFrame
    faces: list[Face]
    numbers: list[int]
    state: State | None


class Predictor:
    """Action units of every face in a photo or clip.

    Args:
        bundle: folder that `mien export` wrote, or a model that is loaded already.
        landmarker: finds the faces; a `Landmarker()` by default.
        expressions: also give expressions, valence and arousal, if the model has them.
        purpose: what expressions are read for; required with `expressions`, and with phrases that
            name an emotion.
        limits: beyond which a face is not scored.
        max_faces: of each image, the largest so many; all by default.
        threads: threads of ONNX Runtime; as many as cores by default.
        ask: phrases to put to every face, if the model can be asked.
        providers: what computes, as of `mien.predict.providers.choose`.
        cache: cache of assets, for phrases; the user's by default.

    Raises:
        MienError: no bundle or another template, asset not fetched, purpose missing or
            prohibited, expressions or phrases asked of a model that has none, or `max_faces`
            below 1.
    """

    def __init__(
        self,
        bundle: Path | str | Model,
        *,
        landmarker: Landmarker | None = None,
        expressions: bool = False,
        purpose: str | None = None,
        limits: Limits | None = None,
        max_faces: int | None = None,
        threads: int | None = None,
        ask: Sequence[str] = (),
        providers: Sequence[str] | None = None,
        cache: Path | None = None,
    ) -> None:
        at_least_one(max_faces=max_faces)
        self.prompts = phrases(ask)
        self.purpose = needed_purpose(purpose, expressions=expressions, prompts=self.prompts)
        self.model = (
            Model(Path(bundle), threads=threads, providers=providers)
            if isinstance(bundle, str | Path)
            else bundle
        )
        if expressions and not {"expression", "affect"} & set(self.model.outputs):
            raise MienError("the model has no expressions", remedy="leave out --expressions")
        self.landmarker = Landmarker() if landmarker is None else landmarker
        self.limits = Limits() if limits is None else limits
        self._max_faces = max_faces
        self._scorer = Scorer(
            self.model, self.landmarker, limits=self.limits, expressions=expressions,
            prompts=self.prompts, text=vectors(self.prompts, self.model, cache=cache),
        )  # fmt: skip

    @property
    def names(self) -> tuple[str, ...]:
        """Expression names this predictor gives; empty without `expressions`."""
        return self._scorer.names

    @property
    def gives_affect(self) -> bool:
        """Whether this predictor gives valence and arousal."""
        return self._scorer.gives_affect

    def image(self, photo: Image | Path | str, *, thorough: bool = True) -> list[FaceReading]:
        """Faces of one photo, largest first.

        Args:
            photo: a file, or RGB uint8 (height, width, 3).
            thorough: search for small faces even beside large ones; without it a photo with a
                large face takes a tenth of the time.

        Raises:
            MienError: the file is missing or no sound image.
        """
        pixels = photo if isinstance(photo, np.ndarray) else read_image(photo)
        faces = self.landmarker.detect(pixels, max_faces=self._max_faces, thorough=thorough)
        return self._scorer.read(pixels, faces, list(range(len(faces))))

    def score(self, image: Image, faces: list[Face], numbers: list[int]) -> list[FaceReading]:
        """Readings of faces that are found already, in one batch.

        Args:
            image: RGB uint8 (height, width, 3).
            faces: as the landmarker found them in it.
            numbers: what to call each.
        """
        return self._scorer.read(image, faces, numbers)

    def video(
        self,
        clip: Path | str,
        *,
        every: int = 1,
        start: float | None = None,
        end: float | None = None,
        smooth: Smoothing | None = None,
    ) -> Generator[FrameReading, None, None]:
        """Readings of a clip's frames, in order, a few frames in memory at a time.

        Args:
            clip: a file that FFmpeg can read.
            every: read each so-manieth frame.
            start: seconds; frames before it are not read.
            end: seconds; nor are those at or after it.
            smooth: steady the scores over time; off by default.

        Raises:
            MienError: the file is missing or holds no decodable video.
        """
        from mien.predict.clip import Clip

        for seen in self.watch(Clip(clip), every=every, start=start, end=end, smooth=smooth):
            yield seen.reading

    def watch(
        self,
        clip: Frames,
        *,
        every: int = 1,
        start: float | None = None,
        end: float | None = None,
        smooth: Smoothing | None = None,
        first: int = 0,
        state: State | None = None,
        states_every: int = 0,
    ) -> Generator[SeenFrame, None, None]:
        """Like `video`, of anything that gives frames, with each frame's pixels beside its reading.

        Frames of a file are decoded in one thread and searched for faces in another while those
        before are scored here, a few together; what is live is read frame by frame. To go on after
        frame n, as if there had been no pause, give `first=n + 1` and the `state` that came with
        frame n; every `states_every`-th frame brings one.
        """
        follower = Follower(self.landmarker, self._max_faces)
        smoother = None if smooth is None else Smoother(smooth)
        if state is not None:
            follower.restore(part_of(state, "follower."))
            if smoother is not None:
                smoother.restore(part_of(state, "smoother."))
        frames = ahead(
            clip.frames(every=every, start=start, end=end, first=first), depth=clip.read_ahead
        )
        live = clip.read_ahead == 0
        found = ahead(_find(follower, frames, states_every), depth=0 if live else _FOUND_AHEAD)
        with closing(found):
            for frame, reading in self._score(_grouped(found, 1 if live else TOGETHER)):
                steady = reading if smoother is None else smoother.apply(reading)
                known = frame.state
                if known is not None and smoother is not None:
                    known.update({f"smoother.{key}": own for key, own in smoother.state().items()})
                yield SeenFrame(reading=steady, image=frame.frame.image, state=known)

    def _score(self, groups: Iterator[list[_Found]]) -> Iterator[tuple[_Found, FrameReading]]:
        for group in groups:
            sound = [
                Seen(image=one.frame.image, faces=one.faces, numbers=one.numbers)
                for one in group
                if one.frame.image is not None
            ]
            readings = iter(self._scorer.read_all(sound))
            for one in group:
                yield one, _reading(one, [] if one.frame.image is None else next(readings))


def _reading(found: _Found, faces: list[FaceReading]) -> FrameReading:
    frame = found.frame
    if frame.image is None:
        return FrameReading(frame=frame.index, time=frame.time, status="damaged", faces=())
    return FrameReading(
        frame=frame.index,
        time=frame.time,
        status="ok" if faces else "no face",
        faces=tuple(faces),
        width=frame.image.shape[1],
        height=frame.image.shape[0],
    )


def _grouped(found: Iterator[_Found], size: int) -> Iterator[list[_Found]]:
    """Frames in groups, the same ones in a reading that goes on after a state."""
    group: list[_Found] = []
    try:
        for one in found:
            group.append(one)
            if len(group) == size or one.state is not None:
                yield group
                group = []
    except MienError:  # what came before it is read first
        if group:
            yield group
        raise
    if group:
        yield group


def _find(
    follower: Follower, frames: Generator[ClipFrame, None, None], states_every: int
) -> Iterator[_Found]:
    """Faces of every frame, with the follower's state after each so-manieth."""
    with closing(frames):
        for count, frame in enumerate(frames, 1):
            faces, numbers = (
                ([], []) if frame.image is None else follower.find(frame.image, frame.time)
            )
            state = None
            if states_every and count % states_every == 0:
                state = {f"follower.{key}": value for key, value in follower.state().items()}
            yield _Found(frame=frame, faces=faces, numbers=numbers, state=state)
