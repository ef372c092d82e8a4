"""`mien predict`: photos, folders, clips and cameras into a table, pictures and provenance."""

import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import tyro

from mien.cli.command import Command

if TYPE_CHECKING:
    from mien.predict import Summary

_OF_TABLES: Final = frozenset(
    {"layout", "start", "end", "every", "smooth", "baseline", "annotate", "report", "jobs"}
)
"""Options without a meaning where photos are only shown."""


@dataclass(frozen=True, kw_only=True)
class Predict(Command):
    """Read action units from photos, folders, glob patterns, clips and cameras.

    With --out a folder, writes readings.parquet, readings.csv and provenance.json to it; with a
    file that ends in .parquet, .csv or .jsonl, that table and its provenance beside it. A face that
    is too small, blurred or turned away has a row but no scores; a frame without a face has a row,
    too. Without --out, photos are read and shown here.

    Example: mien predict photo.jpg clips/ --out reading --annotate --report
    """

    paths: Annotated[tuple[str, ...], tyro.conf.Positional]
    """Photos, clips, folders, glob patterns; webcam or webcam:1; - for a list of them on standard
    input, one a line."""
    bundle: Path | None = None
    """The model: a folder that `mien export` wrote; the model that comes with mien by default."""
    out: Path | None = None
    """The folder or table file to write; it must not exist."""
    layout: Literal["mien", "openface", "pyfeat"] = "mien"
    """Columns of the table: ours, or those of OpenFace 2 or py-feat 2 (what is not measured is
    NaN)."""
    ask: Annotated[tuple[str, ...], tyro.conf.UseAppendAction] = ()
    """A phrase in quotes, such as "eyes wide open", answered with a probability; again for more."""
    start: float | None = None
    """Of clips, seconds at which to begin."""
    end: float | None = None
    """Of clips and cameras, seconds at which to stop; a camera also stops at Ctrl-C."""
    every: int = 1
    """Of clips, read each so-manieth frame."""
    max_faces: int | None = None
    """Of each image, the largest so many."""
    smooth: Literal["one-euro"] | None = None
    """Smooth the scores over time; it is named in the provenance."""
    baseline: str | None = None
    """Take each face's own neutral level off the scores: median, or seconds such as 0-5."""
    annotate: bool = False
    """Also write pictures and clips with boxes, landmarks and bars."""
    report: bool = False
    """Also write report.html, a page of timelines and events that opens from disk."""
    expressions: bool = False
    """Also give expressions, valence and arousal; needs --purpose."""
    purpose: str | None = None
    """What expressions are read for; it is written into the provenance. Reading emotions at work
    or in education is refused unless for medical or safety reasons (EU AI Act, Art. 5)."""
    runner: Literal["auto", "onnxruntime", "litert", "opencv"] = "auto"
    """What runs the landmark networks."""
    providers: tuple[str, ...] | None = None
    """What runs the model, such as cuda; the best there is by default."""
    jobs: int | None = None
    """Processes that read at once; by default one a core where there are several files."""

    def run(self) -> int:
        """Read everything, with a bar, and say what came of it."""
        from mien.errors import MienError

        if not self.paths:
            raise MienError("nothing to read was named", remedy="name photos, clips or folders")
        if self.report and self.layout != "mien":
            raise MienError(
                f"the report reads our own columns, not those of {self.layout}",
                remedy="leave out --layout or --report, or read twice",
            )
        if self.out is None:
            return self._show()
        from mien.predict import outputs

        page = outputs.plan(self.out, report=self.report).page
        summary = self._read(self.out)
        counts = ", ".join(f"{count} {status}" for status, count in summary.statuses.items())
        print(f"{summary.out}: {summary.rows} rows ({counts})")
        if "no level" in summary.statuses:
            print("  no level: too few frames for a baseline; the provenance names the faces")
        for record in summary.problems:
            print(f"  {record.source}: {record.problem or f'{record.damaged} damaged frames'}")
        if self.report:
            from mien.predict.illustrate import write_report

            print(write_report(self.out, page))
        return 0

    def _read(self, out: Path) -> "Summary":
        from mien.cli.progress import counter
        from mien.predict import Progress, predict_paths

        with counter("reading", 0) as tell:

            def told(now: Progress) -> None:
                if now.sources == 1:
                    tell(now.frame, now.frames)
                    return
                inside = now.frame / now.frames if now.frames else 0.0
                tell(now.number + min(inside, 1.0), now.sources)

            return predict_paths(
                self.paths, self.bundle, out=out, layout=self.layout, ask=self.ask,
                start=self.start, end=self.end, every=self.every, max_faces=self.max_faces,
                smooth=self.smooth, baseline=self.baseline, annotate=self.annotate,
                expressions=self.expressions, purpose=self.purpose, runner=self.runner,
                providers=self.providers, jobs=self.jobs, progress=told,
            )  # fmt: skip

    def _show(self) -> int:
        from rich.console import Console

        from mien.cli.shown import faces
        from mien.errors import MienError
        from mien.predict.reader import read
        from mien.predict.sources import expand

        self._refuse_unshown()
        sources = expand(self.paths)
        moving = [source.path for source in sources if source.kind != "photo"]
        if moving:
            raise MienError(
                "only photos are shown here",
                remedy="name a place for the table: --out reading, or --out reading.csv",
                path=moving[0],
            )
        problems: list[MienError] = []
        for source in sources:
            try:
                photo = read(
                    source.path, model=self.bundle, ask=self.ask, expressions=self.expressions,
                    purpose=self.purpose, max_faces=self.max_faces, runner=self.runner,
                    providers=self.providers,
                )  # fmt: skip
            except MienError as problem:
                if problem.path != str(source.path) or len(sources) == 1:
                    raise
                problems.append(problem)
                continue
            Console().print(faces(photo))
        for problem in problems:
            print(problem, file=sys.stderr)
        return 2 if len(problems) == len(sources) else 0

    def _refuse_unshown(self) -> None:
        from mien.errors import MienError

        asked = [
            f"--{one.name}"
            for one in fields(self)
            if one.name in _OF_TABLES and getattr(self, one.name) != one.default
        ]
        if asked:
            raise MienError(
                f"there is no place for what was asked ({', '.join(asked)})",
                remedy="name one: --out reading; or leave that out",
            )
