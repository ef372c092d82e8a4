"""`mien bench shipped`: the shipped model on photographs and on held-out people of the lab."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class Shipped(Command):
    """Judge the shipped model, or other bundles of its kind, beside the blendshapes.

    Photographs need: mien assets fetch shipped. Held-out people of the lab are rendered to --work
    unless they are there (`mien train shipped --work` leaves them there).

    Example: mien bench shipped --out docs/results
    """

    bundles: tuple[Path, ...] = ()
    """What to judge; by default the model in this installation."""
    work: Path = Path("runs/shipped")
    """Folder of the held-out stores."""
    size: Literal["tiny", "small", "medium", "large"] = "medium"
    """Of the held-out stores, as of `mien train shipped`."""
    jobs: int = 2
    """Processes that render and measure landmarks."""
    lab: bool = True
    """Also judge on people of the lab."""
    out: Path | None = None
    """Also write shipped.json and shipped.md to this folder."""

    def run(self) -> int:
        """Judge, print and write."""
        from mien.bench.real.orl_codes import read_codes
        from mien.bench.real.orl_photos import look
        from mien.bench.real.shipped import (
            NOTES,
            lab_tables,
            named,
            on_photos,
            photo_tables,
            record,
        )
        from mien.bench.record import write_record
        from mien.cli.recorded import print_table, typed
        from mien.predict.model import Model
        from mien.predict.shipped import default_bundle

        chosen = named(self.bundles or (default_bundle(),))
        models = {name: Model(folder) for name, folder in chosen.items()}
        photos = look(read_codes())
        found = [
            each for name, model in models.items() for each in on_photos(model, photos, name=name)
        ]
        made = photo_tables(found, photos)
        figures = {"photographs": record(found, photos), "lab": {}}
        for name, folder in chosen.items() if self.lab else ():
            figures["lab"][name] = self._judge(folder, models[name].bundle.size)
            made += lab_tables(name, figures["lab"][name])
        for each in made:
            print_table(*each)
        if self.out is not None:
            page = write_record(
                self.out,
                "shipped",
                title="The shipped model",
                command=typed(self, "shipped"),
                figures=figures,
                tables=made,
                notes=NOTES,
            )
            print(page)
        return 0

    def _judge(self, folder: Path, pixels: int) -> dict[str, object]:
        from mien.engine.shipped_make import judge, prepare_geometry
        from mien.engine.shipped_plan import Plan
        from mien.engine.shipped_stores import prepare_stores

        plan = Plan(work=self.work, option="pixels", size=self.size, pixels=pixels, jobs=self.jobs)
        prepare_stores(plan, names=plan.stores[1:])
        prepare_geometry(plan)
        return judge(plan, folder)
