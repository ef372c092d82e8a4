"""transformers models from a config or a local folder; never from a hub.

This module alone imports transformers when it is imported, which takes seconds: the configs of
backbones and towers import it when they build.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from json import JSONDecodeError, loads
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from safetensors import SafetensorError
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.utils import logging

from mien.errors import MienError

C = TypeVar("C", bound=PreTrainedConfig)
M = TypeVar("M", bound=PreTrainedModel)

REMEDY = (
    "give a local folder with config.json and model.safetensors; mien never downloads from a hub: "
    "`mien assets list` names what `mien assets fetch` can bring"
)
DROPOUTS = (
    "attention_dropout",
    "attention_probs_dropout_prob",
    "drop_path_rate",
    "hidden_dropout_prob",
)
"""Config fields set to 0: with dropout, cached gradients and several ranks are not exact."""


@contextmanager
def quiet() -> Iterator[None]:
    """Silence transformers' progress bars and remarks inside the block; errors still raise."""
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def folder_of(model: str, *, sizes: Mapping[str, object] | None = None) -> Path:
    """The folder that `model` names; `sizes` are the names it might have been meant for.

    Raises:
        MienError: it is no folder; a hub id, for instance.
    """
    folder = Path(model).expanduser()
    if not folder.is_dir():
        known = f"neither a named size ({', '.join(sizes)}) nor" if sizes else "not"
        raise MienError(f"{model!r} is {known} a folder", remedy=REMEDY)
    return folder


def configuration(kind: type[C], folder: Path, *, types: tuple[str, ...] = ()) -> C:
    """The config that a folder's config.json describes, its dropouts set to 0.

    `types` are further accepted model types whose config.json contains one of this kind.

    Raises:
        MienError: the file is missing, damaged, or of another model type.
    """
    path = folder / "config.json"
    try:
        found = loads(path.read_text())["model_type"]
    except FileNotFoundError as error:
        raise MienError("there is no config.json", remedy=REMEDY, path=folder) from error
    except (OSError, UnicodeDecodeError, JSONDecodeError, KeyError, TypeError) as error:
        raise MienError("config.json cannot be read", remedy=REMEDY, path=path) from error
    accepted = (kind.model_type, *types)
    if found not in accepted:
        raise MienError(
            f"the folder holds a model of type {found!r}, not {' or '.join(accepted)}",
            remedy="use the backbone or tower of that type",
            path=path,
        )
    with quiet():
        config = kind.from_pretrained(folder, local_files_only=True)
    for field in DROPOUTS:
        if hasattr(config, field):
            setattr(config, field, 0.0)
    return config


def resolve(
    kind: type[C],
    model: str,
    *,
    sizes: Mapping[str, Mapping[str, Any]],
    types: tuple[str, ...] = (),
) -> tuple[C, Path | None]:
    """The config of a named size and no folder, or a local folder's config and the folder.

    Raises:
        MienError: `model` is neither, or the folder's config.json does not do.
    """
    if model in sizes:
        return kind(**sizes[model]), None
    folder = folder_of(model, sizes=sizes)
    return configuration(kind, folder, types=types), folder


def blank(kind: type[M], config: PreTrainedConfig, **options: bool) -> M:
    """A model with random weights in float32; the caller seeds."""
    with quiet():
        return kind(config, **options)


def pretrained(kind: type[M], config: PreTrainedConfig, folder: Path, **options: bool) -> M:
    """A model with a folder's weights in float32; superfluous weights, heads mostly, are ignored.

    Raises:
        MienError: weights are missing, damaged, or of other shapes.
    """
    if not any(folder.glob("model*.safetensors")):
        raise MienError("there is no model.safetensors", remedy=REMEDY, path=folder)
    arguments: dict[str, Any] = {
        "config": config,
        "dtype": torch.float32,
        "local_files_only": True,
        "use_safetensors": True,
        "output_loading_info": True,
        **options,
    }
    try:
        with quiet():
            loaded = kind.from_pretrained(folder, **arguments)
    except (OSError, RuntimeError, ValueError, SafetensorError) as error:
        raise MienError(
            f"the weights cannot be read ({str(error)[:200]})",
            remedy="check that config.json and model.safetensors belong together and are whole",
            path=folder,
        ) from error
    model, report = cast("tuple[M, dict[str, list[str]]]", loaded)
    missing = sorted(report["missing_keys"])
    if missing:
        raise MienError(
            f"{len(missing)} weights are missing, {missing[0]} first",
            remedy="check that the folder holds this architecture",
            path=folder,
        )
    return model.train()


def network(kind: type[M], config: PreTrainedConfig, folder: Path | None, **options: bool) -> M:
    """A model with a folder's weights, or with random ones if there is no folder.

    Raises:
        MienError: the folder's weights do not do.
    """
    if folder is None:
        return blank(kind, config, **options)
    return pretrained(kind, config, folder, **options)


def last(widths: Sequence[int] | None) -> int:
    """The width of the last stage, which a config may type as optional but always has."""
    assert widths
    return widths[-1]


def side(config: PreTrainedConfig) -> int:
    """The input side in pixels that a vision transformer's position embeddings are made for."""
    size = config.image_size
    return size if isinstance(size, int) else int(size[0])


def normalisation(
    folder: Path, *, mean: tuple[float, ...], std: tuple[float, ...]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation per channel that a folder's preprocessor_config.json states.

    Without that file, `mean` and `std`.

    Raises:
        MienError: the file is damaged.
    """
    path = folder / "preprocessor_config.json"
    if not path.exists():
        return mean, std
    try:
        stated = loads(path.read_text())
        return tuple(map(float, stated["image_mean"])), tuple(map(float, stated["image_std"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MienError(
            "image_mean and image_std cannot be read",
            remedy="mend the file, or remove it to use the architecture's usual values",
            path=path,
        ) from error
