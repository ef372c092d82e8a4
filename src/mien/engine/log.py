"""A run's diary: metrics.jsonl for programs, TensorBoard events for eyes, a bar for now."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch.utils.tensorboard import SummaryWriter

from mien import atomic

METRICS = "metrics.jsonl"
BOARD = "tensorboard"


class Diary:
    """Writes one run's metrics; opened at a resumed step, it first drops what lies beyond it.

    Args:
        run_folder: where `metrics.jsonl` and `tensorboard/` go.
        step: optimiser steps already taken; 0 for a new run.
        steps: length of the run, for the bar.
        progress: show a bar, if standard error is a terminal.
        writes: False on every rank but the first: then nothing is written or shown.
    """

    def __init__(
        self, run_folder: Path, *, step: int, steps: int, progress: bool, writes: bool = True
    ) -> None:
        self._lines = self._board = self._bar = None
        if not writes:
            return
        rewind(run_folder / METRICS, step)
        self._lines = (run_folder / METRICS).open("a", encoding="utf-8")
        self._board = SummaryWriter(str(run_folder / BOARD), purge_step=step + 1)
        console = Console(stderr=True)
        if progress and console.is_terminal:
            columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, TextColumn("{task.description}"), console=console)
            self._task = self._bar.add_task("", total=steps, completed=step)
            self._bar.start()

    def write(self, step: int, values: Mapping[str, float | int | None]) -> None:
        """Record values after `step` optimiser steps; None stands for undefined."""
        if self._lines is None or self._board is None:
            return
        self._lines.write(json.dumps({"step": step, **values}) + "\n")
        self._lines.flush()
        for name, value in values.items():
            if value is not None:
                self._board.add_scalar(name, value, step)

    def advance(self, step: int, loss: float) -> None:
        """Move the bar."""
        if self._bar is not None:
            self._bar.update(self._task, completed=step, description=f"loss {loss:.4f}")

    def __enter__(self) -> "Diary":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        if self._board is not None:
            self._board.close()
        if self._lines is not None:
            self._lines.close()


def tell(line: str) -> None:
    """A line for the user, on standard error."""
    sys.stderr.write(f"{line}\n")


def records(path: Path) -> list[dict[str, float | int | None]]:
    """The records of a metrics file; a last line that was cut while being written is left out."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found


def rewind(path: Path, step: int) -> None:
    """Drop the records after `step`, which a resumed run will write again."""
    if not path.exists():
        return
    kept = [json.dumps(record) for record in records(path) if (record["step"] or 0) <= step]
    atomic.write_text(path, "".join(line + "\n" for line in kept))
