"""`mien bench truth`: whether an independent reader sees the units that the lab renders."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mien.cli.command import Command
from mien.cli.progress import counter
from mien.cli.recorded import finish

if TYPE_CHECKING:
    from mien.bench.real.truth import TruthBench

_HEADER = (
    *("AU", "counterpart", "alone", "alone, mesh", "rise", "mixed", "mixed, mesh"),
    *("AUC", "AUC, mesh", "positives"),
)


@dataclass(frozen=True, kw_only=True)
class Truth(Command):
    """Hold rendered units against the landmark network's 52 blend shapes.

    Each unit alone at 0 to 5 on a few people, and pictures in which many act; rank correlation of
    intensity with the unit's counterpart, and AUC of presence. Needs: mien assets fetch reader.

    Example: mien bench truth --out docs/results
    """

    out: Path | None = None
    """Also write truth.json and truth.md to this folder."""
    people: int = 8
    """People who show each unit alone."""
    pictures: int = 700
    """Pictures of other people, with many units each."""
    hardness: float = 0.3
    """Conditions of those pictures, 0 to 1."""
    seed: int = 0
    """Of people and pictures."""

    def run(self) -> int:
        """Measure, print, and write the record."""
        from mien.bench.real.truth import UnitTruth, measure, planned
        from mien.bench.record import peak_memory

        with counter("reading", planned(people=self.people, pictures=self.pictures)) as tell:
            found = measure(
                seed=self.seed,
                people=self.people,
                pictures=self.pictures,
                hardness=self.hardness,
                progress=tell,
            )

        def cells(one: UnitTruth) -> tuple[str, ...]:
            alone = (one.alone, one.alone_mesh, one.rise)
            figures = (*alone, one.mixed, one.mixed_mesh, one.auc, one.auc_mesh)
            counterpart = one.counterpart + (" (blind)" if one.blind else "")
            return (str(one.unit), counterpart, *map(_figure, figures), str(one.positives))

        figures = {
            **{name: value for name, value in vars(found).items() if name != "units"},
            "units": [
                {name: _json(value) for name, value in asdict(one).items()} for one in found.units
            ],
            "peak_memory_mb": peak_memory(),
        }
        finish(
            self,
            "truth",
            title="Units as an independent reader sees them",
            out=self.out,
            figures=figures,
            tables=[("24 units of the lab", _HEADER, [cells(one) for one in found.units])],
            notes=_notes(found, people=self.people),
        )
        return 0


def _notes(found: "TruthBench", *, people: int) -> list[str]:
    from mien.bench.real.truth import BLIND

    blind = ", ".join(f"{name} ({unit})" for unit, name in BLIND.items())
    alone = (
        f"Alone: one unit at 0 to 5 on {people} people, straight on; Spearman's correlation of"
        " intensity and score within a person, mean over people; and the score's rise from 0 to 5."
    )
    mixed = (
        "Mixed: other people, many units each (`mien.lab.units`), turned and lit differently;"
        " Spearman's correlation over pictures, and AUC of an intensity of 1 or more."
    )
    faces = (
        f"Faces found: {found.alone_found} of {found.alone_made} alone (a neutral face counts for"
        f" each unit), {found.mixed_found} of {found.mixed_made} mixed."
    )
    return [
        alone,
        mixed,
        "Mesh: read from the true landmarks instead of those found in the pixels.",
        faces,
        f"Blind: {blind} and cheekPuff; their scores hardly move on any face: no evidence.",
        "25, 26 and 27 share jawOpen; 43 and 45 are the same picture.",
    ]


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def _json(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value
