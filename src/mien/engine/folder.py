"""A run's folder: which run it holds, on which data, and whether it is finished.

run.json        the recipe, exactly
split.json      the store and who is trained on, validated by and tested on
metrics.jsonl   losses and validation scores
tensorboard/    the same for TensorBoard
checkpoints/    see `checkpoint.py`; `latest` names the newest
final/          weights of the last epoch, and of the validation-chosen one
"""

import json
from pathlib import Path

from mien import atomic
from mien.engine import checkpoint
from mien.engine.checkpoint import Json, State
from mien.errors import MienError
from mien.recipes import record
from mien.recipes.run import Run

RUN, SPLIT, FINAL = "run.json", "split.json", "final"
_REMEDY = "name another folder, or delete this one"


def open_for(run: Run, out: Path, split: dict[str, Json], *, resume: bool) -> None:
    """Make `out` the folder of `run` on `split`, or see that it is already.

    Raises:
        MienError: it holds something else, or cannot be written.
    """
    try:
        if (out / RUN).exists():
            if not resume:
                raise MienError("the folder holds a run already", remedy=_REMEDY, path=out)
            _same_run(out / RUN, run)
        elif out.exists() and any(out.iterdir()):
            raise MienError("the folder is not empty and holds no run", remedy=_REMEDY, path=out)
        if (out / SPLIT).exists():
            _same(out / SPLIT, split, "other data or other subjects")
        else:
            atomic.write_text(out / SPLIT, json.dumps(split, indent=1) + "\n")
        if not (out / RUN).exists():
            record.write(out / RUN, run)
    except OSError as error:
        raise MienError(
            f"the run's folder cannot be used ({error})", remedy="name another folder", path=out
        ) from error


def read_run(out: Path, *, packages: tuple[str, ...] = ()) -> Run:
    """The recipe of a run folder.

    Raises:
        MienError: there is none, or it names an unknown package.
    """
    run = record.read(out / RUN, packages=packages)
    if not isinstance(run, Run):
        raise MienError("is no record of a run", remedy="name a run folder", path=out / RUN)
    return run


def read_split(out: Path) -> dict[str, Json]:
    """Who was trained on, validated by and tested on.

    Raises:
        MienError: there is no such file.
    """
    return _json(out / SPLIT)


def split_behind(source: Path) -> dict[str, Json] | None:
    """The split of the run that weights come from; None if they belong to no run.

    Args:
        source: a run's folder, its `final`, a checkpoint, or a weights file in one of them.
    """
    place = source.resolve()
    for folder in (place, *place.parents[:3]):
        if (folder / SPLIT).is_file():
            return read_split(folder)
    return None


def read_final(out: Path) -> State:
    """The finished run's weights.

    Raises:
        MienError: the run is not finished, or the files were altered.
    """
    if not (out / FINAL).exists():
        raise MienError(
            "the run is not finished",
            remedy="train it to its end with the command that started it",
            path=out,
        )
    return checkpoint.read(out / FINAL)


def is_finished(out: Path) -> bool:
    """Whether the run has come to its end."""
    return (out / FINAL).exists()


def _same_run(path: Path, run: Run) -> None:
    """Compare recipes, not files: one written before a field existed has its default there."""
    wanted, found = record.encode(run), _json(path)
    try:
        held = record.encode(record.decode(found, packages=tuple(_packages(wanted))))
    except MienError:
        held = None  # of a package or class that the run in hand knows nothing of
    if held != wanted:
        raise MienError("the folder holds a run with another recipe", remedy=_REMEDY, path=path)


def _packages(value: object) -> set[str]:
    """The packages that a recipe's classes come from; it is in hand, so they are imported."""
    if isinstance(value, list):
        return set().union(*map(_packages, value))
    if isinstance(value, dict):
        tag = str(value.get(record.TAG, ""))
        return {tag.partition(".")[0].partition(":")[0]}.union(*map(_packages, value.values()))
    return set()


def _same(path: Path, wanted: object, what: str) -> None:
    if _json(path) != json.loads(json.dumps(wanted)):
        raise MienError(f"the folder holds a run with {what}", remedy=_REMEDY, path=path)


def _json(path: Path) -> dict[str, Json]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MienError("cannot be read", remedy="name a run folder", path=path) from error
