"""A frozen encoder, and what it makes of pictures: all that the questions look at."""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32

from mien.data.store import Store
from mien.data.views import resize
from mien.engine.folder import read_final, read_run
from mien.errors import MienError
from mien.models.backbone import ImageEncoder

PREFIX = "encoder."


def frozen_encoder(run_folder: Path) -> tuple[ImageEncoder, int]:
    """The encoder of a finished run, in evaluation mode, and the side of its input.

    Raises:
        MienError: the run is not finished, or its weights do not fit.
    """
    run, state = read_run(run_folder), read_final(run_folder)
    encoder = run.backbone.blank().build(seed=run.seed)
    own = {n.removeprefix(PREFIX): v for n, v in state.model.items() if n.startswith(PREFIX)}
    try:
        encoder.load_state_dict(own)
    except RuntimeError as error:
        raise MienError(
            f"the weights do not fit the recipe: {error}",
            remedy="use the version of mien that trained this run",
            path=run_folder,
        ) from error
    return encoder.eval().requires_grad_(requires_grad=False), run.backbone.size


def features_of(
    encoder: ImageEncoder,
    size: int,
    store: Store,
    rows: np.ndarray,
    *,
    device: torch.device | None = None,
    batch: int = 64,
) -> Float32[np.ndarray, "row dim"]:
    """Features of some rows of a store, not normalised.

    Args:
        encoder: frozen.
        size: side of its input, pixels.
        store: where the pictures are.
        rows: which of them.
        device: where to compute; the CPU by default.
        batch: pictures at a time.
    """
    where = device or torch.device("cpu")
    encoder.to(where)
    found = [np.zeros((0, encoder.width), np.float32)]
    with torch.no_grad():
        for start in range(0, len(rows), batch):
            images = torch.from_numpy(store.images(rows[start : start + batch])).to(where)
            found.append(encoder(resize(images.permute(0, 3, 1, 2), size)).float().cpu().numpy())
    return np.concatenate(found)


def unit_rows(features: Float32[np.ndarray, "row dim"]) -> Float32[np.ndarray, "row dim"]:
    """Features at length 1."""
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
