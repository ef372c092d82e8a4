"""`mien zero-shot`: expressions that labels did not teach, read by their texts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from mien.cli.command import Command
from mien.cli.recorded import print_table


@dataclass(frozen=True, kw_only=True)
class ZeroShot(Command):
    """Read expressions that a run was never told, on the held-out subjects of its own split.

    By their names, by their descriptions, by both, and by the units that are typical of them.
    Writes zero_shot.json into the run's folder. Intervals are of subjects drawn with replacement.

    Example: mien zero-shot runs/clef-units-lab --store lab
    """

    run_folder: Annotated[Path, tyro.conf.Positional]
    """A finished run of CLEF, of either stage."""
    store: Path
    """The store it was trained on."""
    expressions: tuple[str, ...] = ()
    """The unseen classes; by default those of the seven that labels did not teach."""
    weights: Literal["last", "chosen"] = "last"
    """Of the last epoch, or of the one chosen on validation subjects."""
    out: Path | None = None
    """The file to write; zero_shot.json in the run's folder by default."""

    def run(self) -> int:
        """Read, write, and print a table for each question."""
        from mien.engine.zero_shot import zero_shot

        found = zero_shot(
            self.run_folder,
            self.store,
            expressions=self.expressions,
            out=self.out,
            weights=self.weights,
        )
        for question, result in found["results"].items():
            caption = (
                f"{question}: {', '.join(result['classes'])} "
                f"({result['rows']} images, {result['subjects']} people, chance "
                f"{result['chance']:.3f}, largest class {result['largest_class']:.3f})"
            )
            rows = [[way, *_cells(block)] for way, block in result["ways"].items()]
            print_table(caption, ("read by", "UAR", "95 %", "accuracy", "95 %"), rows)
        return 0


def _cells(block: dict[str, Any]) -> list[str]:
    recall = block["recall"]
    return [
        _number(recall["mean"]),
        _between(recall["mean_low"], recall["mean_high"]),
        _number(block["accuracy"]),
        _between(block["accuracy_low"], block["accuracy_high"]),
    ]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _between(low: float | None, high: float | None) -> str:
    return "-" if low is None or high is None else f"{low:.3f} to {high:.3f}"
