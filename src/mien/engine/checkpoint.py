"""Checkpoints that survive kill -9, a full disk and a flipped byte.

A checkpoint is a new folder, written under a temporary name, flushed, digested and renamed; only
then does `latest` name it. Reading checks every digest first and falls back to the one before.

    checkpoints/step-00000120/
        model.safetensors     weights and buffers
        chosen.safetensors    weights of the epoch chosen on validation subjects, if any
        state.safetensors     the optimiser's tensors
        state.json            everything else
        digest.json           sha256 of the files above
    latest                    the name of the newest of them
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from mien import atomic
from mien.errors import MienError

FORMAT = 1
MODEL, CHOSEN, STATE = "model.safetensors", "chosen.safetensors", "state.safetensors"
SCALARS, DIGEST, LATEST, FOLDER = "state.json", "digest.json", "latest", "checkpoints"
_REMEDY = "restore the folder from a copy, or train again"
_STEP = re.compile(r"step-(\d{8,})")

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True)
class State:
    """What a checkpoint holds.

    Random numbers need no entry: each step's are drawn anew from the run's seed and the step.

    Args:
        step: optimiser steps taken.
        model: weights and buffers by name.
        optimiser: the optimiser's tensors by name; empty in a final one.
        scalars: whatever else the loop needs to go on.
        chosen: weights of the epoch chosen on validation subjects, or None.
    """

    step: int
    model: Mapping[str, Tensor] = field(repr=False)
    optimiser: Mapping[str, Tensor] = field(default_factory=dict, repr=False)
    scalars: Mapping[str, Json] = field(default_factory=dict)
    chosen: Mapping[str, Tensor] | None = field(default=None, repr=False)


def save(run_folder: Path, state: State, *, keep: int = 2) -> Path:
    """Write a checkpoint, point `latest` to it and remove all but the newest `keep`.

    Returns:
        The checkpoint's folder. One that already stands whole for this step is left as it is.

    Raises:
        MienError: the disk is full or the folder cannot be written; earlier checkpoints are intact.
    """
    target = run_folder / FOLDER / f"step-{state.step:08d}"
    with _disk_errors(target):
        if target.exists() and not _is_whole(target):
            _put_aside(target)
        if not target.exists():
            write(target, state)
        atomic.write_text(run_folder / LATEST, target.name + "\n")
    for old in _steps(run_folder)[keep:]:
        shutil.rmtree(old, ignore_errors=True)
    return target


def save_at(target: Path, state: State) -> None:
    """Write a checkpoint to a place of its own.

    Raises:
        MienError: the disk is full, the folder cannot be written, or `target` exists.
    """
    with _disk_errors(target):
        write(target, state)


def write(target: Path, state: State) -> None:
    """Write one checkpoint's folder atomically.

    Raises:
        FileExistsError: `target` exists.
        OSError, SafetensorError: the disk is full or the folder cannot be written.
    """
    with atomic.folder(target) as temporary:
        save_file(_separate(state.model), temporary / MODEL)
        if state.chosen is not None:
            save_file(_separate(state.chosen), temporary / CHOSEN)
        save_file(_separate(state.optimiser), temporary / STATE)
        scalars = {"format": FORMAT, "step": state.step, **state.scalars}
        (temporary / SCALARS).write_text(json.dumps(scalars, indent=1), encoding="utf-8")
        for part in temporary.iterdir():  # safetensors makes files that nobody else may read
            part.chmod((temporary / SCALARS).stat().st_mode)
        digests = {part.name: digest(part) for part in sorted(temporary.iterdir())}
        (temporary / DIGEST).write_text(json.dumps(digests, indent=1), encoding="utf-8")


def load(
    run_folder: Path, *, tidy: bool = True, say: Callable[[str], None] | None = None
) -> State | None:
    """The newest checkpoint whose digests hold, or None if there has never been one.

    Args:
        run_folder: the run.
        tidy: rename damaged ones to `*.damaged` and remove leftovers of interrupted writes; one
            process may do so.
        say: called with a line for the user for each damaged checkpoint.

    Raises:
        MienError: there are checkpoints, but none is whole.
    """
    if tidy:
        sweep(run_folder)
    found = _steps(run_folder)
    for folder in found:
        try:
            return read(folder)
        except MienError as error:
            if say is not None:
                say(f"{error.path}: {error.problem}; falling back to the checkpoint before it")
            if tidy:
                _put_aside(folder)
    if found:
        raise MienError(
            "no checkpoint is whole",
            remedy="delete the run folder to start again",
            path=run_folder / FOLDER,
        )
    return None


def read(folder: Path) -> State:
    """Read one checkpoint after checking its digests.

    Raises:
        MienError: a file is missing or was altered.
    """
    check(folder)
    scalars = json.loads((folder / SCALARS).read_text(encoding="utf-8"))
    chosen = load_file(folder / CHOSEN) if (folder / CHOSEN).exists() else None
    return State(
        step=int(scalars.pop("step")),
        model=load_file(folder / MODEL),
        optimiser=load_file(folder / STATE),
        scalars=scalars,
        chosen=chosen,
    )


def check(folder: Path) -> None:
    """Compare every file of a checkpoint with its recorded digest.

    Raises:
        MienError: a file is missing or was altered.
    """
    try:
        recorded = json.loads((folder / DIGEST).read_text(encoding="utf-8"))
        broken = [name for name, value in recorded.items() if digest(folder / name) != value]
        unknown = not {MODEL, STATE, SCALARS} <= set(recorded)
    except (OSError, ValueError, AttributeError) as error:
        raise MienError("the checkpoint is not whole", remedy=_REMEDY, path=folder) from error
    if broken or unknown:
        place = folder / (broken or [DIGEST])[0]
        raise MienError("the checkpoint was altered or cut", remedy=_REMEDY, path=place)


def digest(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sweep(run_folder: Path) -> None:
    """Remove what interrupted writes left behind."""
    for parent in (run_folder, run_folder / FOLDER):
        for pattern in (f".{LATEST}.*", ".step-*", ".final.*", ".*.json*.*"):
            for leftover in parent.glob(pattern):
                if leftover.is_dir():
                    shutil.rmtree(leftover, ignore_errors=True)
                else:
                    leftover.unlink(missing_ok=True)


def _steps(run_folder: Path) -> list[Path]:
    folders = (run_folder / FOLDER).glob("step-*")
    found = [(int(m[1]), path) for path in folders if (m := _STEP.fullmatch(path.name))]
    return [path for _, path in sorted(found, reverse=True)]


def _is_whole(folder: Path) -> bool:
    try:
        check(folder)
    except MienError:
        return False
    return True


def _put_aside(folder: Path) -> None:
    aside = folder.with_name(folder.name + ".damaged")
    shutil.rmtree(aside, ignore_errors=True)
    folder.rename(aside)


def _separate(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Contiguous CPU tensors none of which shares memory: safetensors refuses shared ones."""
    seen: set[int] = set()
    result = {}
    for name, tensor in tensors.items():
        plain = tensor.detach().cpu().contiguous()
        place = plain.untyped_storage().data_ptr()
        whole = plain.untyped_storage().nbytes() == plain.numel() * plain.element_size()
        result[name] = plain.clone() if place in seen or not whole else plain
        seen.add(place)
    return result


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, SafetensorError) as error:
        raise MienError(
            f"the checkpoint could not be written ({error}); earlier checkpoints are intact",
            remedy="free disk space or make the folder writable, then run the same command again",
            path=path,
        ) from error
