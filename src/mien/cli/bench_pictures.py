"""`mien bench pictures`: what the methods work with and what they learned, to be looked at."""

from dataclasses import dataclass
from pathlib import Path

from mien.cli.command import Command


@dataclass(frozen=True, kw_only=True)
class Pictures(Command):
    """Draw the documentation's pictures of CLEF, CLP and SSLFER from a bench's folder.

    activities.jpg, phrases.jpg (by clef-r13-lab), retrieval.jpg (by clp-full) and tuples.jpg; a
    picture whose run is not finished there is left out and named.

    Example: mien bench pictures --work bench --out docs/pictures
    """

    work: Path
    """Folder of `mien bench clef` and `mien bench clp`."""
    out: Path
    """Folder of the pictures."""
    seed: int = 0
    """Whose runs."""

    def run(self) -> int:
        """Draw what can be drawn."""
        from contextlib import closing

        from mien.bench.speed.face_swap import write_picture
        from mien.bench.trials.pictures import (
            activity_sheet,
            phrase_sheet,
            retrieval_sheet,
            tuple_sheet,
        )
        from mien.data.store import Store
        from mien.engine.folder import is_finished
        from mien.engine.retrieve import retrieve

        interview, talking = self.work / "lab" / "interview", self.work / "lab" / "talking"
        with closing(Store(interview)) as people, closing(Store(talking)) as clips:
            self.out.mkdir(parents=True, exist_ok=True)
            write_picture(self.out / "activities.jpg", activity_sheet(people))
            write_picture(self.out / "tuples.jpg", tuple_sheet(clips, seed=self.seed))
            runs = self.work / "runs"
            clef, clp = (
                runs / f"clef-r13-lab-interview-seed{self.seed}",
                runs / f"clp-full-talking-seed{self.seed}",
            )
            if is_finished(clef):
                write_picture(self.out / "phrases.jpg", phrase_sheet(clef, people))
            if is_finished(clp):
                found = retrieve(clp, talking, queries=5, most=6)
                write_picture(self.out / "retrieval.jpg", retrieval_sheet(found))
            for each in (clef, clp):
                if not is_finished(each):
                    print(f"{each.name} is not finished: its picture is left out")
        print(self.out)
        return 0
