"""`mien bench real`: what a reader taught by the lab alone sees in photographs of people."""

from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Literal

from mien.cli.command import Command

if TYPE_CHECKING:
    from mien.bench.real.orl_photos import Photos
    from mien.bench.real.taught import Result


@dataclass(frozen=True, kw_only=True)
class Real(Command):
    """Train a small pixels-only reader on the lab and try it on 400 photographs of 40 people.

    AUC of units 12, 25 and 43 on our hand codes, and rank correlations with blendshapes. Stopped
    by Ctrl-C or --max-seconds, the same command goes on. Needs: mien assets fetch real.

    Example: mien bench real --out docs/results
    """

    work: Path = Path("runs/real")
    """Folder of stores and runs."""
    run_folders: tuple[Path, ...] = ()
    """Judge these finished runs instead; nothing is rendered or trained."""
    people: int = 4500
    """People of each store, two pictures of each."""
    steps: int | None = None
    """Training steps; by default the recipe's."""
    seeds: int = 3
    """Runs of each look and size."""
    sizes: tuple[int, ...] = (96,)
    """Sides of the readers' inputs, pixels."""
    look: Literal["lab", "plain", "both"] = "lab"
    """Whose pictures are trained on; both also tests each on the other's held-out people."""
    jobs: int = 2
    """Processes that render."""
    max_seconds: float | None = None
    """Stop after about this long and keep what is done."""
    out: Path | None = None
    """Also write real.json and real.md to this folder; looks.json and looks.md with both looks."""
    pictures: Path | None = None
    """Also write a page of the worst errors to this folder, outside any checkout."""

    def run(self) -> int:
        """Make what is missing, judge, print and write."""
        from mien.bench.real import taught
        from mien.bench.real.orl_codes import read_codes
        from mien.bench.real.orl_photos import look
        from mien.bench.real.pictures import check_private
        from mien.bench.real.plan import Plan

        until = None if self.max_seconds is None else monotonic() + self.max_seconds
        if self.pictures is not None:
            check_private(self.pictures)
        photos = look(read_codes())
        if self.run_folders:
            readers = [taught.open_reader(each) for each in self.run_folders]
            self._tell([taught.try_on(each, photos, lab={}) for each in readers], photos)
            return 0
        plan = Plan(
            work=self.work,
            people=self.people,
            steps=self.steps,
            seeds=self.seeds,
            sizes=self.sizes,
            looks=("lab", "plain") if self.look == "both" else (self.look,),
            jobs=self.jobs,
        )
        if not (taught.prepare_stores(plan, until=until) and taught.train_runs(plan, until=until)):
            print("stopped; run the same command again to go on")
            return 1
        self._tell(taught.results(plan, photos), photos)
        return 0

    def _tell(self, found: "list[Result]", photos: "Photos") -> None:
        from mien.bench.real.beside import of_blendshapes
        from mien.bench.real.pictures import write_pictures
        from mien.bench.real.tables import NOTES, figures, tables
        from mien.bench.real.taught import mean_scores
        from mien.bench.record import write_record
        from mien.cli.recorded import print_table, typed

        shapes = of_blendshapes(photos)
        made = tables(found, shapes)
        for each in made:
            print_table(*each)
        if self.out is not None:
            page = write_record(
                self.out,
                "looks" if self.look == "both" else "real",
                title="Two looks" if self.look == "both" else "Judged by real faces",
                command=typed(self, "real", without=("pictures", "work", "jobs", "max_seconds")),
                figures=figures(found, photos, shapes),
                tables=made,
                notes=NOTES,
            )
            print(page)
        if self.pictures is not None:
            print(write_pictures(self.pictures, mean_scores(found), photos))
