"""`mien recipes`, `train`, `evaluate`, `export`: a run from its name to a bundle."""

import inspect
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from mien.cli.command import Command
from mien.recipes.catalogue import every, lists, named
from mien.recipes.run import Run


@dataclass(frozen=True, kw_only=True)
class Recipes(Command):
    """List the named runs, a line each.

    Example: mien recipes
    """

    lists: bool = False
    """The lists of runs to compare instead, each run of which can be trained by its name."""

    def run(self) -> int:
        """Print name and purpose of each."""
        if self.lists:
            for title, runs in lists().items():
                print(f"{title}:\n" + "\n".join(f"  {run.name}" for run in runs))
            return 0
        found = every()
        width = max(map(len, found))
        for name, recipe in found.items():
            summary = (recipe.__doc__ or "").strip().splitlines()[0]
            print(f"{name:<{width}}  {summary}")
        return 0


@dataclass(frozen=True, kw_only=True)
class TrainOptions:
    """Where a run reads and writes, and how long it may take."""

    store: Path
    """The store to train on."""
    out: Path
    """The run's folder."""
    max_seconds: float | None = None
    """Save and stop after this long."""
    fresh: bool = False
    """Refuse a folder that holds a run already, instead of going on with it."""
    device: str | None = None
    """cpu or cuda; by default CUDA where there is any."""


@dataclass(frozen=True, kw_only=True)
class Train(Command):
    """Train a recipe on a store; every field of the recipe can be changed by an option.

    Stopped by Ctrl-C, SIGTERM or --max-seconds it saves and exits with code 1; the same command
    goes on where it was. Several processes: torchrun --nproc-per-node 2 -m mien.cli.main train …

    Example: mien train clef-finetune --store lab --out runs/clef --init runs/clef-pretrain
    """

    recipe: Run
    """What to train."""
    options: TrainOptions
    """Where."""

    def run(self) -> int:
        """Train and say how it ended."""
        from mien.engine.train import train

        outcome = train(
            self.recipe,
            self.options.out,
            store=self.options.store,
            max_seconds=self.options.max_seconds,
            resume=not self.options.fresh,
            device=self.options.device,
        )
        if int(os.environ.get("RANK", "0")) > 0:
            return outcome.exit_code
        print(
            f"{outcome.folder}: {outcome.status} ({outcome.reason}) "
            f"at step {outcome.step} of {outcome.steps}, {outcome.seconds:.0f} s"
        )
        return outcome.exit_code


def parse_train(words: list[str]) -> Command:
    """Read `train RECIPE [OPTIONS]`: the recipe's fields become options.

    Raises:
        MienError: there is no such recipe.
    """
    if not words or words[0].startswith("-"):
        _explain()
        raise SystemExit(0 if {"-h", "--help"} & set(words) else 2)
    default = named(words[0])

    def build(
        options: Annotated[TrainOptions, tyro.conf.arg(name="")],
        recipe: Annotated[Run, tyro.conf.arg(name="")] = default,
    ) -> Train:
        return Train(recipe=recipe, options=options)

    about = inspect.getdoc(Train)
    return tyro.cli(
        build,
        args=words[1:],
        prog=f"mien train {words[0]}",
        description=about,
        # What a recipe has switched on can be changed, and what it has not stays off.
        config=(tyro.conf.AvoidSubcommands,),
    )


def _explain() -> None:
    print("usage: mien train RECIPE --store STORE --out FOLDER [OPTIONS]\n")
    print(inspect.getdoc(Train))
    print("\nrecipes (`mien recipes` explains them):")
    print("\n".join(f"  {name}" for name in every()))
    print("\n`mien train RECIPE --help` lists the recipe's fields.")


@dataclass(frozen=True, kw_only=True)
class Evaluate(Command):
    """Score a finished run on the held-out subjects of its own split.

    Writes metrics.json, predictions.parquet and report.html.

    Example: mien evaluate runs/clef --store lab
    """

    run_folder: Annotated[Path, tyro.conf.Positional]
    """A finished run."""
    store: Path
    """The store it was trained on."""
    out: Path | None = None
    """Where to write; `evaluation` in the run's folder by default."""

    def run(self) -> int:
        """Evaluate and name the report."""
        from mien.engine.evaluate import evaluate

        print(evaluate(self.run_folder, self.store, out=self.out).folder / "report.html")
        return 0


@dataclass(frozen=True, kw_only=True)
class Export(Command):
    """Write a finished run as an ONNX bundle that `mien predict` reads, parity checked.

    Example: mien export runs/clef --out bundle
    """

    run_folder: Annotated[Path, tyro.conf.Positional]
    """A finished run."""
    out: Path
    """The bundle's folder; it must not exist."""
    weights: Literal["last", "chosen"] = "last"
    """Of the last epoch, or of the one chosen on validation subjects."""
    licence: str = ""
    """Licence of the weights, written into the bundle and into the provenance of readings."""
    statement: str | None = None
    """What the model is for and not for; by default a plain warning."""

    def run(self) -> int:
        """Export and say how near the two are."""
        from mien.engine.export import STATEMENT, export

        done = export(
            self.run_folder,
            self.out,
            weights=self.weights,
            licence=self.licence,
            statement=STATEMENT if self.statement is None else self.statement,
        )
        print(f"{done.folder}: {', '.join(done.bundle.outputs)} of {done.bundle.name}")
        print(f"largest difference between torch and ONNX Runtime: {done.difference:.1e}")
        return 0
