"""A text reader reads rows of a store: raw scores, and the unit vectors that phrases are put to."""

from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from mien.data.store import Store
from mien.data.tables import read_table
from mien.data.views import resize
from mien.engine import folder
from mien.engine.chunked import Rows
from mien.engine.evaluate import predictor
from mien.engine.shipped_geometry import KIND, NAME
from mien.errors import MienError
from mien.methods.averaged_reading import AveragedReading
from mien.methods.labels import TASKS, activation
from mien.methods.text_reader import TextReader, TextReaderModule
from mien.recipes.run import Run

Floats = npt.NDArray[np.float32]
BATCH = 64


def open_reader(run_folder: Path) -> tuple[Run, TextReaderModule]:
    """A finished run of the shipped method, in evaluation mode.

    Raises:
        MienError: it is not finished, or of another method.
    """
    run, state = folder.read_run(run_folder), folder.read_final(run_folder)
    module = predictor(run, state, run_folder)
    if not isinstance(module, TextReaderModule):
        raise MienError(
            "is no run of the shipped model", remedy="train shipped-geometry", path=run_folder
        )
    return run, module


def scored(
    module: TextReaderModule,
    store: Store,
    rows: Rows,
    *,
    size: int,
    shapes: npt.NDArray[np.floating] | None,
) -> tuple[dict[str, Floats], Floats]:
    """Raw scores by task and unit vectors (row, joint), averaged over all ways of reading.

    Args:
        module: the reader, in evaluation mode.
        store: where the pictures are.
        rows: which.
        size: side of the input.
        shapes: geometry of these rows, or None for pixels alone.
    """
    reader = AveragedReading(module.reader()).eval()
    found: dict[str, list[Floats]] = {}
    faces: list[Floats] = []
    with torch.no_grad():
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            images = resize(torch.from_numpy(store.images(some)).permute(0, 3, 1, 2), size)
            near = None if shapes is None else shapes[start : start + BATCH].astype(np.float32)
            scores, seen = reader.score(images, None if near is None else torch.from_numpy(near))
            faces.append(seen.numpy())
            for task, values in scores.items():
                found.setdefault(task, []).append(values.float().numpy())
    return {task: np.concatenate(parts) for task, parts in found.items()}, np.concatenate(faces)


def told(run_folder: Path, store: Path, rows: Rows) -> Floats:
    """What a finished run says of rows, in `told` columns."""
    run, module = _opened(run_folder)
    with closing(Store(store)) as opened:
        shapes = shapes_of(module, opened, rows)
        scores, _ = scored(module, opened, rows, size=run.backbone.size, shapes=shapes)
    return np.concatenate(
        [_predicted(task, scores[task]) for task in TASKS if task in scores], axis=1
    )


def taught(run_folders: tuple[Path, ...], store: Path, rows: Rows) -> Floats:
    """The mean of what several runs say."""
    return np.mean([told(each, store, rows) for each in run_folders], axis=0)


def teacher(run_folders: tuple[Path, ...]) -> partial[Floats]:
    """`taught` by these runs, ready to fill a table."""
    return partial(taught, run_folders)


def shapes_of(module: TextReaderModule, store: Store, rows: Rows) -> Floats | None:
    """Geometry of rows from the table beside the store; None for a reader of pixels alone.

    Raises:
        MienError: the table is missing.
    """
    assert isinstance(module.method, TextReader)
    if not module.method.geometry:
        return None
    return read_table(store, NAME, kind=KIND)[rows].astype(np.float32)


_READERS: dict[Path, tuple[Run, TextReaderModule]] = {}


def _opened(run_folder: Path) -> tuple[Run, TextReaderModule]:
    """A run opened once per process: tables are filled in many pieces."""
    if run_folder not in _READERS:
        _READERS[run_folder] = open_reader(run_folder)
    return _READERS[run_folder]


def _predicted(task: str, scores: Floats) -> Floats:
    assert task in TASKS
    return activation(task)(torch.from_numpy(scores)).numpy()
