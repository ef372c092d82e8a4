"""A module begins with the weights of another run."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from mien.errors import MienError
from mien.methods.method import MethodModule, MomentumModule

WEIGHTS = "model.safetensors"
"""The file that holds a checkpoint's model."""


def initialise(
    module: MethodModule,
    source: Mapping[str, Tensor] | str | PathLike[str],
    *,
    parts: Sequence[str] = ("encoder",),
) -> None:
    """Copy the weights named `<part>.*` of another run into `module`.

    Args:
        module: what is to be trained.
        source: a state dict, or a weights file, or a folder with one in it or in its `final`.
        parts: attributes of both modules, such as `encoder`, `text`, `image_projection`,
            `text_projection` (a method's `inherit` says which it wants).

    Raises:
        MienError: a part is missing on either side, or its tensors differ in name or shape.
            Nothing has been copied then.
    """
    path = None if isinstance(source, Mapping) else weights_file(Path(source))
    state = source if isinstance(source, Mapping) else _read(Path(source))
    chosen = {part: _select(module, state, part, path) for part in parts}
    for part, tensors in chosen.items():
        module.get_submodule(part).load_state_dict(dict(tensors))
    if isinstance(module, MomentumModule):
        module.catch_up()


def weights_file(path: Path) -> Path:
    """The file with a run's weights: `path` itself, or in it, or in its `final`.

    Raises:
        MienError: there is none.
    """
    for candidate in (path, path / WEIGHTS, path / "final" / WEIGHTS):
        if candidate.is_file():
            return candidate
    raise MienError(
        f"holds no {WEIGHTS}", remedy="name the folder of a run that has finished", path=path
    )


def _read(path: Path) -> Mapping[str, Tensor]:
    file = weights_file(path)
    try:
        return load_file(file)
    except (OSError, SafetensorError) as error:
        raise MienError(
            f"cannot be read as weights: {error}",
            remedy="name the folder of a run that has finished, or copy it again",
            path=file,
        ) from error


def _select(
    module: MethodModule, state: Mapping[str, Tensor], part: str, path: Path | None
) -> Mapping[str, Tensor]:
    prefix = f"{part}."
    wanted = {k[len(prefix) :]: v for k, v in module.state_dict().items() if k.startswith(prefix)}
    given = {k[len(prefix) :]: v for k, v in state.items() if k.startswith(prefix)}
    if not wanted or not given:
        side = "this method" if not wanted else "the other run"
        raise MienError(
            f"{side} has no weights called {prefix}*",
            remedy="leave this part out of `inherit`",
            path=path,
        )
    faults = [f"{name} is missing" for name in wanted.keys() - given.keys()]
    faults += [f"{name} is unknown here" for name in given.keys() - wanted.keys()]
    faults += [
        f"{name} is {tuple(given[name].shape)}, not {tuple(wanted[name].shape)}"
        for name in wanted.keys() & given.keys()
        if wanted[name].shape != given[name].shape
    ]
    if faults:
        shown = "; ".join(sorted(faults)[:3])
        raise MienError(
            f"the other run's {part} differs in {len(faults)} tensors: {shown}",
            remedy="use the same backbone and text tower in both runs",
            path=path,
        )
    return given
