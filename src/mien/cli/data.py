"""`mien data`: your own faces become a store; stores are shown, checked, and made to forget."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from mien.cli.command import Command
from mien.cli.progress import counter
from mien.data.ingest import Item, ingest


@dataclass(frozen=True, kw_only=True)
class FromList(Command):
    """Turn a list of your own images into a store that any recipe trains on.

    The list is CSV or Parquet with the columns path, subject, clip, frame, split, and any of
    AU01…, AU01_intensity…, expression, valence, arousal, activity. An empty cell is unknown.

    Example: mien data list faces.csv --out faces
    """

    listing: Annotated[Path, tyro.conf.Positional]
    """The list; image paths are relative to its folder."""
    out: Path
    """Folder of the store; it must not exist."""
    root: Path | None = None
    """Folder that image paths start from; by default the list's."""
    size: int = 112
    """Side of the crops, pixels."""
    align: bool = True
    """Find each face and crop it by the canonical template; without, images are crops already."""

    def run(self) -> int:
        """Read, crop, write, and say what was left out."""
        from mien.data.listing import read_listing

        items = read_listing(self.listing, root=self.root)
        return _ingest(items, self.out, size=self.size, align=self.align, name=self.listing.stem)


@dataclass(frozen=True, kw_only=True)
class FromFolder(Command):
    """Turn a folder of images into a store: folders of expressions, of subjects, or flat.

    Example: mien data folder photos --out faces
    """

    folder: Annotated[Path, tyro.conf.Positional]
    """The folder."""
    out: Path
    """Folder of the store; it must not exist."""
    layout: Literal["auto", "expressions", "subjects", "flat"] = "auto"
    """What the folders inside mean; auto looks at their names."""
    size: int = 112
    """Side of the crops, pixels."""
    align: bool = True
    """Find each face and crop it by the canonical template; without, images are crops already."""

    def run(self) -> int:
        """Read, crop, write, and say what was left out."""
        from mien.data.folder import read_folder

        items = read_folder(self.folder, layout=self.layout)
        return _ingest(items, self.out, size=self.size, align=self.align, name=self.folder.name)


@dataclass(frozen=True, kw_only=True)
class Show(Command):
    """Say what a store holds: rows, subjects, clips, activities, known labels.

    Example: mien data show lab
    """

    store: Annotated[Path, tyro.conf.Positional]
    """The store."""

    def run(self) -> int:
        """Print the figures."""
        import numpy as np

        from mien.data.store import Store
        from mien.data.targets import columns, occurrence
        from mien.facs import ACTION_UNITS, au_column

        opened = Store(self.store)
        print(f"{self.store}: {opened.facts.name or 'a store'}, {len(opened)} images")
        for name in ("subject", "clip", "activity", "expression"):
            values = opened.column(name)
            print(f"  {name:<11}{len(set(values[values != '']))} different")
        units = tuple(ACTION_UNITS)
        present = occurrence(opened.select(columns(units)), units)
        for unit, values in zip(units, present.T, strict=True):
            known = values[~np.isnan(values)]
            if known.size:
                print(f"  {au_column(unit):<11}{known.size} known, {known.mean():.1%} present")
        opened.close()
        return 0


@dataclass(frozen=True, kw_only=True)
class Verify(Command):
    """Check every record of a store: digests, tar members, checksums, decoding.

    Example: mien data verify lab
    """

    store: Annotated[Path, tyro.conf.Positional]
    """The store."""
    decode: bool = True
    """Also decode every image."""

    def run(self) -> int:
        """Print what is wrong; 1 if anything is."""
        from mien.data.verify import verify

        verdict = verify(self.store, decode=self.decode)
        for problem in verdict.problems:
            print(problem)
        print(f"{verdict.rows} records, {len(verdict.problems)} problems")
        return 1 if verdict.problems else 0


@dataclass(frozen=True, kw_only=True)
class Forget(Command):
    """Remove every record of a subject, and the files that held them.

    Example: mien data forget faces --subject S017
    """

    store: Annotated[Path, tyro.conf.Positional]
    """The store."""
    subject: str
    """The subject's name in the store."""

    def run(self) -> int:
        """Forget, and say what went."""
        from mien.data.forget import forget

        gone = forget(self.store, self.subject)
        print(
            f"{gone.records} records removed, {len(gone.files)} files deleted, "
            f"{gone.residual} records of {self.subject} left"
        )
        return 0


def _ingest(items: Sequence[Item], out: Path, *, size: int, align: bool, name: str) -> int:
    with counter("reading faces", len(items)) as tell:
        done = ingest(items, out, size=size, align=align, name=name, progress=tell)
    print(f"{done.path}: {done.written} images")
    for reason, count in done.reasons().items():
        print(f"  left out {count}: {reason}")
    if done.crowded:
        print(f"  {done.crowded} images hold several faces; the largest was taken")
    return 0
