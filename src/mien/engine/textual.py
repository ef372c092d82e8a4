"""A finished run whose texts can be asked, and what its encoder sees in images."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from mien import bundle
from mien.data.store import Store
from mien.data.views import resize
from mien.engine import folder
from mien.engine.evaluate import Which
from mien.engine.work import load_weights
from mien.errors import MienError
from mien.methods.method import MethodModule
from mien.methods.phrases import TextSide, text_side
from mien.models.backbone import ImageEncoder
from mien.recipes.run import Run

Floats = npt.NDArray[np.float32]
BATCH = 64
"""Images encoded at a time."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Textual:
    """A run with a text side."""

    run: Run
    """The recipe."""
    module: TextSide
    """Its module, in evaluation mode."""
    folder: Path
    """Where it lies."""


def open_run(
    path: Path, *, weights: Which = "last", packages: tuple[str, ...] = ()
) -> tuple[Run, MethodModule]:
    """A finished run's recipe and module, in evaluation mode, whatever the method.

    Raises:
        MienError: the run is not finished; it is an exported bundle; or no epoch was chosen.
    """
    if (path / bundle.MANIFEST_FILE).is_file():
        raise MienError(
            "a bundle holds what was baked into it, and no encoders of its own",
            remedy="name the folder of the run that it was exported from",
            path=path,
        )
    run, state = folder.read_run(path, packages=packages), folder.read_final(path)
    if weights == "chosen":
        if state.chosen is None:
            raise MienError("no epoch was chosen", remedy='use the weights "last"', path=path)
        state = type(state)(step=state.step, model=state.chosen)
    module = run.method.blank().build(run.backbone.blank(), seed=run.seed)
    load_weights(module, state, path)
    return run, module.eval()


def open_textual(path: Path, *, weights: Which = "last", packages: tuple[str, ...] = ()) -> Textual:
    """A finished run of CLEF, of either stage, whose faces meet texts.

    Raises:
        MienError: as `open_run`; or it has no text tower.
    """
    run, module = open_run(path, weights=weights, packages=packages)
    try:
        return Textual(run=run, module=text_side(module, name=run.name), folder=path)
    except MienError as error:
        raise MienError(error.problem, remedy=error.remedy, path=path) from error


@torch.no_grad()
def embed_images(
    encoder: ImageEncoder, images: npt.NDArray[np.uint8], *, size: int, device: torch.device
) -> Floats:
    """The encoder's features, (n, dim), of RGB crops (n, height, width, 3) of any side."""
    views = torch.from_numpy(images).permute(0, 3, 1, 2).to(device)
    return encoder(resize(views, size)).float().cpu().numpy()


def embed_rows(
    encoder: ImageEncoder,
    store: Store,
    rows: npt.NDArray[np.int64],
    *,
    size: int,
    device: torch.device,
) -> Floats:
    """The encoder's features of a store's rows, (n, dim), in evaluation mode."""
    training = encoder.training
    encoder.eval()
    try:
        parts = [
            embed_images(
                encoder, store.images(rows[start : start + BATCH]), size=size, device=device
            )
            for start in range(0, len(rows), BATCH)
        ]
    finally:
        encoder.train(training)
    return np.concatenate(parts) if parts else np.zeros((0, encoder.width), np.float32)
