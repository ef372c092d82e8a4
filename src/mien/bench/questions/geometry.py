"""The shape of a representation: alignment and uniformity (Wang and Isola, 2020, 2005.10242)."""

import numpy as np
import torch
from jaxtyping import Float32, Int64

from mien.bench.questions.features import features_of, unit_rows
from mien.data.store import Store
from mien.data.views import apply
from mien.methods.simclr import SimCLR
from mien.models.backbone import ImageEncoder

CAP = 512
"""Pictures looked at."""


def geometry(
    encoder: ImageEncoder, size: int, store: Store, rows: Int64[np.ndarray, " row"], *, seed: int
) -> dict[str, float]:
    """Alignment of two views (SimCLR's), uniformity and effective rank of pictures as they are.

    Args:
        encoder: frozen.
        size: side of its input, pixels.
        store: where the pictures are.
        rows: two or more; of more than `CAP`, evenly spaced ones are taken.
        seed: of the views.
    """
    rows = rows[np.linspace(0, len(rows) - 1, min(CAP, len(rows))).astype(np.int64)]
    plain = features_of(encoder, size, store, rows)
    one, two = two_views(encoder, size, store, rows, seed=seed)
    return {
        "alignment": alignment(one, two),
        "uniformity": uniformity(plain),
        "effective_rank": effective_rank(plain),
    }


def two_views(
    encoder: ImageEncoder, size: int, store: Store, rows: Int64[np.ndarray, " row"], *, seed: int
) -> tuple[Float32[np.ndarray, "row dim"], Float32[np.ndarray, "row dim"]]:
    """Features of two drawn views of each picture."""
    generator, method = torch.Generator().manual_seed(seed), SimCLR()
    where = next(encoder.parameters()).device
    found = []
    with torch.no_grad():
        for start in range(0, len(rows), 64):
            images = torch.from_numpy(store.images(rows[start : start + 64]))
            drawn = method.draw(len(images), generator=generator)
            views = apply(images.permute(0, 3, 1, 2), drawn, size)
            made = encoder(views.flatten(0, 1).to(where)).float().cpu()
            found.append(made.reshape(len(images), 2, -1).numpy())
    both = np.concatenate(found)
    return both[:, 0], both[:, 1]


def alignment(one: Float32[np.ndarray, "row dim"], two: Float32[np.ndarray, "row dim"]) -> float:
    """Mean squared distance of unit features of two views of a picture; 0 is perfect, 2 chance."""
    return float(((unit_rows(one) - unit_rows(two)) ** 2).sum(axis=1).mean())


def uniformity(features: Float32[np.ndarray, "row dim"]) -> float:
    """Log mean exp(−2 d²) over pairs of unit features; lower is more even, 0 is collapse."""
    unit = unit_rows(features)
    first, second = np.triu_indices(len(unit), k=1)
    squared = np.maximum(2.0 - 2.0 * (unit @ unit.T)[first, second], 0.0)
    return float(np.log(np.exp(-2.0 * squared).mean()))


def effective_rank(features: Float32[np.ndarray, "row dim"]) -> float:
    """Exp of the entropy of the shares of the singular values (Roy and Vetterli, 2007)."""
    values = np.linalg.svd(features - features.mean(axis=0), compute_uv=False)
    if values.sum() <= 0.0:
        return 1.0
    shares = values[values > 0] / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))
