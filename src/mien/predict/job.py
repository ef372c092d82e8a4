"""Everything that says how sources are read, small enough to be told to another process."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from mien import __version__
from mien.bundle import MANIFEST_FILE
from mien.errors import MienError
from mien.faces.landmarker import Landmarker
from mien.faces.networks import RunnerName
from mien.predict.counts import at_least_one
from mien.predict.layouts import Layout, LayoutName, columns_of, layout
from mien.predict.predictor import Predictor
from mien.predict.quality import Limits
from mien.predict.smoothing import Smoothing, smoothing
from mien.predict.sources import Source


@dataclass(frozen=True, kw_only=True)
class Job:
    """How sources are read; equal jobs give equal tables."""

    bundle: str
    """Folder of the model."""
    layout: LayoutName = "mien"
    expressions: bool = False
    purpose: str | None = None
    ask: tuple[str, ...] = ()
    annotate: bool = False
    every: int = 1
    start: float | None = None
    end: float | None = None
    max_faces: int | None = None
    limits: Limits = field(default_factory=Limits)
    smooth: str | None = None
    keep_scores: bool = False
    """Whether scores are kept beside the rows, for a baseline that is known only at the end."""
    part_frames: int = 1500
    """Frames of a clip in a sealed part; what a kill may cost."""
    runner: RunnerName = "auto"
    threads: int = 1
    """Of ONNX Runtime: faces are many and small, and decoding needs the other core."""
    cache: str | None = None
    providers: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        at_least_one(every=self.every, max_faces=self.max_faces, part_frames=self.part_frames)
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise MienError(
                f"the part from {self.start:g} s to {self.end:g} s is empty",
                remedy="let --end come after --start",
            )

    def predictor(self) -> Predictor:
        """A reader as this job wants it."""
        cache = None if self.cache is None else Path(self.cache)
        return Predictor(
            self.bundle, landmarker=Landmarker(runner=self.runner, cache=cache),
            expressions=self.expressions, purpose=self.purpose, limits=self.limits,
            max_faces=self.max_faces, threads=self.threads, ask=self.ask,
            providers=self.providers, cache=cache,
        )  # fmt: skip

    def table_layout(self, predictor: Predictor) -> Layout:
        """The columns of its table."""
        return layout(
            self.layout,
            columns_of(
                predictor.model.bundle, expressions=self.expressions, prompts=predictor.prompts
            ),
        )

    def smoothing(self) -> Smoothing | None:
        """What steadies its scores, if anything."""
        return smoothing(self.smooth)

    def settings(self) -> dict[str, Any]:
        """What the provenance records of it."""
        smooth = self.smoothing()
        return {
            "layout": self.layout,
            "expressions": self.expressions,
            "ask": list(self.ask),
            "every": self.every,
            "start": self.start,
            "end": self.end,
            "max_faces": self.max_faces,
            "annotate": self.annotate,
            "smoothing": None if smooth is None else smooth.provenance(),
        }

    def to_json(self) -> str:
        """The job in words."""
        return json.dumps(asdict(self), sort_keys=True)

    @staticmethod
    def from_json(text: str) -> "Job":
        """The job that `to_json` put into words."""
        told = json.loads(text)
        told["limits"] = Limits(**told["limits"])
        given = {one.name: told[one.name] for one in fields(Job)}
        for name in ("ask", "providers"):
            given[name] = None if given[name] is None else tuple(given[name])
        return Job(**given)

    def fingerprint(self, sources: Sequence[Source]) -> str:
        """Equal where the same version reads the same files in the same way with the same model."""
        alike = replace(self, cache=None)  # assets are known by their hashes, wherever they lie
        digest = hashlib.sha256(f"{__version__}\n{alike.to_json()}\n".encode())
        manifest = Path(self.bundle) / MANIFEST_FILE
        digest.update(manifest.read_bytes() if manifest.is_file() else b"")
        for source in sources:
            facts = source.path.stat() if source.path.exists() else None
            seen = (0, 0) if facts is None else (facts.st_size, facts.st_mtime_ns)
            digest.update(f"{source.kind} {source.path} {seen}\n".encode())
        return digest.hexdigest()
