"""How large a demo is, where its things lie, and what has happened so far."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

from mien import atomic
from mien.bench.clock import Tell
from mien.data.store import Store
from mien.lab.interview import Interview
from mien.lab.lab_1 import lab_1


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How large a demo is."""

    out: Path
    """Folder of everything it makes."""
    seeds: int = 1
    """Seeds of every run; the lab and the split stay the same."""
    subjects: int = 36
    """People in the lab; a third are tested on. This and what follows is as in lab-1's small size
    by default."""
    frames: int = 20
    """Frames of each person in each of the 8 activities."""
    size: int = 72
    """Side of the rendered crops, pixels."""
    lab_seed: int = 0
    """Of the lab."""

    @property
    def scenario(self) -> Interview:
        """The interview of lab-1's small size, with so many people and frames."""
        interview = lab_1("small").part("interview").scenario
        assert isinstance(interview, Interview)
        return replace(interview, subjects=self.subjects, frames=self.frames)

    @property
    def store(self) -> Path:
        """The rendered store."""
        return self.out / "lab"

    @property
    def bundle(self) -> Path:
        """The exported model: `clef`, seed 0."""
        return self.out / "bundle"

    def open_store(self) -> closing[Store]:
        """The rendered store, closed after use."""
        return closing(Store(self.store))

    def run_folder(self, name: str, seed: int) -> Path:
        """Where one run lies."""
        return self.out / "runs" / f"{name}-seed{seed}"


class Diary:
    """What happened and how long it took, over however many calls a demo took."""

    def __init__(self, path: Path, tell: Tell) -> None:
        self._path, self._tell = path, tell
        self._entries: dict[str, dict[str, Any]] = (
            json.loads(path.read_text()) if path.exists() else {}
        )

    @contextmanager
    def step(self, title: str, detail: str) -> Iterator[None]:
        """Time a block; an earlier call's time for the same title is added."""
        self._tell(f"{title}: {detail}")
        started = monotonic()
        try:
            yield
        finally:
            before = float(self._entries.get(title, {}).get("seconds", 0.0))
            seconds = before + monotonic() - started
            self._entries[title] = {"detail": detail, "seconds": seconds}
            atomic.write_text(self._path, json.dumps(self._entries, indent=1) + "\n")

    @property
    def steps(self) -> list[tuple[str, str, float]]:
        """Title, detail and seconds of each step."""
        return [(t, str(e["detail"]), float(e["seconds"])) for t, e in self._entries.items()]
