"""`mien ask`: any phrase put to photos or to a store's faces."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from mien.cli.command import Command
from mien.cli.recorded import print_table

if TYPE_CHECKING:
    from mien.engine.ask import Answers, Asker

Faces = list[tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Ask(Command):
    """Put any phrase to faces: how near they lie to it in the space of a CLEF run.

    Photos are searched for faces; a store gives its crops, of which the nearest are shown. A
    cosine says which of two faces, or of two phrases, is nearer; where zero lies is the run's own.

    Example: mien ask runs/clef-r13-lab photo.jpg --text "eyes wide open" "a wide smile"
    """

    run_folder: Annotated[Path, tyro.conf.Positional]
    """A finished run of CLEF, of either stage; a bundle has no text tower."""
    sources: Annotated[tuple[str, ...], tyro.conf.Positional]
    """Photos, or folders of them, or one store."""
    text: tuple[str, ...]
    """Noun phrases, each in quotes; they enter the run's template "a photo of a person with …"."""
    nearest: int = 5
    """Of a store's faces, how many to show for each phrase."""
    weights: Literal["last", "chosen"] = "last"
    """Of the last epoch, or of the one chosen on validation subjects."""
    purpose: str | None = None
    """What for; required where a phrase names an emotion and the faces are photos. Reading emotions
    at work or in education is refused unless for medical or safety reasons (EU AI Act, Art. 5)."""
    out: Path | None = None
    """Also write every face with every phrase to this CSV file; it must not exist."""

    def run(self) -> int:
        """Ask, print, and write."""
        from mien import atomic
        from mien.engine.ask import Asker
        from mien.errors import MienError

        if self.out is not None:
            atomic.refuse_existing(self.out)
        sources = list(self.sources)
        if not sources:
            raise MienError("no face was named", remedy="name photos, or a store")
        asker = Asker(self.run_folder, weights=self.weights)
        if (Path(sources[0]) / "store.json").is_file():
            header, faces, answers = self._store(asker)
            for column, phrase in enumerate(answers.phrases):
                order = (-answers.cosine[:, column]).argsort(kind="stable")[: self.nearest]
                rows = [[*faces[row], *_cells(answers, row, column)] for row in order.tolist()]
                print_table(f'nearest to "{phrase}"', (*header, "cosine", "as a unit"), rows)
        else:
            header, faces, answers = self._photos(asker)
            rows = [
                [*face, phrase, *_cells(answers, row, column)]
                for row, face in enumerate(faces)
                for column, phrase in enumerate(answers.phrases)
            ]
            title = (*header, "phrase", "cosine", "as a unit")
            print_table(f"{len(faces)} faces", title, rows)
        if self.out is not None:
            _write(self.out, header, faces, answers)
            print(self.out)
        return 0

    def _store(self, asker: "Asker") -> tuple[tuple[str, ...], Faces, "Answers"]:
        import numpy as np

        from mien.data.store import Store
        from mien.errors import MienError

        first, *others = self.sources
        if others:
            raise MienError("a store is asked by itself", remedy="name one store, or photos only")
        opened = Store(first)
        try:
            answers = asker.rows(opened, np.arange(len(opened)), self.text)
            header = ("sample_id", "subject", "clip", "frame")
            columns = [opened.column(name).tolist() for name in header]
        finally:
            opened.close()
        faces = [tuple(map(str, cells)) for cells in zip(*columns, strict=True)]
        return header, faces, answers

    def _photos(self, asker: "Asker") -> tuple[tuple[str, ...], Faces, "Answers"]:
        from mien.engine.ask import photo_crops
        from mien.errors import MienError
        from mien.faces.landmarker import Landmarker
        from mien.predict.purpose import check_phrases
        from mien.predict.sources import expand

        check_phrases(self.text, self.purpose)
        found = expand(self.sources)
        clips = [source.path for source in found if source.kind == "clip"]
        if clips:
            raise MienError(
                "clips are not asked", remedy="name photos, or a store of frames", path=clips[0]
            )
        paths = [source.path for source in found]
        crops = photo_crops(paths, size=asker.size, landmarker=Landmarker())
        faces = [(name, str(place)) for name, place in zip(crops.photos, crops.places, strict=True)]
        return ("photo", "face"), faces, asker.crops(crops.images, self.text)


def _cells(answers: "Answers", row: int, column: int) -> list[str]:
    chance = answers.probability
    return [
        f"{answers.cosine[row, column]:.3f}",
        "-" if chance is None else f"{chance[row, column]:.3f}",
    ]


def _write(path: Path, header: Sequence[str], faces: Faces, answers: "Answers") -> None:
    from mien import atomic

    with atomic.file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as text:
        table = csv.writer(text)
        table.writerow([*header, "phrase", "cosine", "as_a_unit"])
        for row, face in enumerate(faces):
            for column, phrase in enumerate(answers.phrases):
                chance = answers.probability
                said = "" if chance is None else f"{chance[row, column]:.6f}"
                table.writerow([*face, phrase, f"{answers.cosine[row, column]:.6f}", said])
