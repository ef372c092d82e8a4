"""`mien bench shipped`: the shipped model on photographs and on held-out people of the lab."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mien.cli.command import Command

if TYPE_CHECKING:
    from mien.cli.recorded import Table
    from mien.predict.model import Model


@dataclass(frozen=True, kw_only=True)
class Shipped(Command):
    """Judge the shipped model, or other bundles of its kind, beside the blendshapes and peers.

    Photographs need: mien assets fetch shipped. Held-out people of the lab are rendered to --work
    unless they are there (`mien train shipped --work` leaves them there).

    Peers run elsewhere, by scripts such as those in scripts/peers; --beside takes what they wrote.

    Example: mien bench shipped --out docs/results
    """

    bundles: tuple[Path, ...] = ()
    """What to judge; by default the model in this installation."""
    beside: tuple[Path, ...] = ()
    """Files of peers' scores of the photographs, to be judged in the same tables."""
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
        from mien.bench.real.shipped import NOTES, lab_tables, named
        from mien.bench.record import write_record
        from mien.cli.recorded import print_table, typed
        from mien.predict.model import Model
        from mien.predict.shipped import default_bundle

        chosen = named(self.bundles or (default_bundle(),))
        models = {name: Model(folder) for name, folder in chosen.items()}
        photographs, made, notes = self._look(models)
        lab = {}
        for name, folder in chosen.items() if self.lab else ():
            lab[name] = self._judge(folder, models[name].bundle.size)
            made += lab_tables(name, lab[name])
        for each in made:
            print_table(*each)
        if self.out is not None:
            page = write_record(
                self.out,
                "shipped",
                title="The shipped model",
                command=typed(self, "shipped"),
                figures={"photographs": photographs, "lab": lab},
                tables=made,
                notes=[*NOTES, *notes],
            )
            print(page)
        return 0

    def _look(
        self, models: "Mapping[str, Model]"
    ) -> "tuple[dict[str, object], list[Table], list[str]]":
        """Ours, the blendshapes and peers on the photographs: figures, tables, notes."""
        from mien.bench.real.beside import of_blendshapes, of_peer, peer_note
        from mien.bench.real.orl_codes import read_codes
        from mien.bench.real.orl_photos import look
        from mien.bench.real.peer import read_peers
        from mien.bench.real.shipped import on_photos, photo_tables, record

        codes = read_codes()
        peers = read_peers(self.beside, photographs=codes.files)
        photos = look(codes)
        ours = [each for name, one in models.items() for each in on_photos(one, photos, name=name)]
        shapes = of_blendshapes(photos)
        others = [(peer, of_peer(peer, photos)) for peer in peers]
        return (
            record(ours, photos, blendshapes=shapes, peers=others),
            photo_tables(ours, [*shapes, *(each for _, judged in others for each in judged)]),
            [peer_note(peer) for peer in peers],
        )

    def _judge(self, folder: Path, pixels: int) -> dict[str, object]:
        from mien.engine.shipped_make import judge, prepare_geometry
        from mien.engine.shipped_plan import Plan
        from mien.engine.shipped_stores import prepare_stores

        plan = Plan(work=self.work, option="pixels", size=self.size, pixels=pixels, jobs=self.jobs)
        prepare_stores(plan, names=plan.stores[1:])
        prepare_geometry(plan)
        return judge(plan, folder)
