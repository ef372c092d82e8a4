"""`mien predict`: photos, folders and clips into a table, annotated pictures and provenance."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class Predict(Command):
    """Read action units from photos, folders, glob patterns and clips.

    Writes readings.parquet, readings.csv and provenance.json to a new folder. A face that is too
    small, blurred or turned away has a row but no scores; a frame without a face has a row, too.

    Example: mien predict photo.jpg clips/ --bundle demo/bundle --out reading --annotate
    """

    paths: Annotated[tuple[str, ...], tyro.conf.Positional]
    """Photos, clips, folders or glob patterns."""
    bundle: Path
    """The model: a folder that `mien export` wrote."""
    out: Path
    """The folder to write; it must not exist."""
    annotate: bool = False
    """Also write pictures and clips with boxes, landmarks and bars."""
    expressions: bool = False
    """Also give expressions, valence and arousal; needs --purpose."""
    purpose: str | None = None
    """What expressions are read for; it is written into the provenance. Reading emotions at work
    or in education is refused unless for medical or safety reasons (EU AI Act, Art. 5)."""
    every: int = 1
    """Of clips, read each so-manieth frame."""
    max_faces: int | None = None
    """Of each image, the largest so many."""
    runner: Literal["auto", "opencv", "litert"] = "auto"
    """What runs the landmark networks."""

    def run(self) -> int:
        """Read everything, with a bar, and say what came of it."""
        from mien.cli.progress import counter
        from mien.errors import MienError
        from mien.predict import Progress, predict_paths

        if not self.paths:
            raise MienError("nothing to read was named", remedy="name photos, clips or folders")
        with counter("reading", 1) as tell:

            def told(now: Progress) -> None:
                inside = now.frame / now.frames if now.frames else 0.0
                tell(round(1000 * (now.number + min(inside, 1.0))), 1000 * now.sources)

            summary = predict_paths(
                self.paths,
                self.bundle,
                out=self.out,
                annotate=self.annotate,
                expressions=self.expressions,
                purpose=self.purpose,
                every=self.every,
                max_faces=self.max_faces,
                runner=self.runner,
                progress=told,
            )
        counts = ", ".join(f"{count} {status}" for status, count in summary.statuses.items())
        print(f"{summary.out}: {summary.rows} rows ({counts})")
        for record in summary.problems:
            print(f"  {record.source}: {record.problem or f'{record.damaged} damaged frames'}")
        return 0
