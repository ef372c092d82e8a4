"""Weights files read as plain tensors: safetensors, and torch files without code in them."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from mien.errors import MienError


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Tensors of a `.safetensors` file or of a torch file, in file order, floats as float32.

    A torch file is read with `weights_only=True`: one that holds code is refused. A torch file
    whose tensors lie one level down, under "state_dict", is unwrapped.

    Raises:
        MienError: the file is missing, damaged, or holds anything but tensors by name.
    """
    if not path.is_file():
        raise MienError("there is no such weights file", remedy="check the path", path=path)
    try:
        if path.suffix == ".safetensors":
            content: object = load_file(path)
        else:
            content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, EOFError, RuntimeError, SafetensorError, pickle.UnpicklingError) as error:
        raise MienError(
            f"the weights file cannot be read ({_first_line(error)})",
            remedy="fetch the file again; files that hold more than tensors are refused",
            path=path,
        ) from error
    if isinstance(content, Mapping) and isinstance(content.get("state_dict"), Mapping):
        content = content["state_dict"]
    if not isinstance(content, Mapping) or not _named_tensors(content):
        raise MienError(
            "the weights file does not hold tensors by name",
            remedy="give a state dict saved by torch or safetensors",
            path=path,
        )
    return {
        name: value.float() if value.is_floating_point() else value
        for name, value in content.items()
    }


def fill(module: nn.Module, tensors: Mapping[str, Tensor], *, path: Path) -> None:
    """Load `tensors` into `module`, every name and shape matching.

    Raises:
        MienError: a tensor is missing, superfluous, or of another shape.
    """
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        raise MienError(
            f"the weights do not fit the architecture ({str(error)[:300]})",
            remedy="check that the file belongs to this architecture and these sizes",
            path=path,
        ) from error


def _named_tensors(content: Mapping[object, object]) -> bool:
    return bool(content) and all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in content.items()
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
