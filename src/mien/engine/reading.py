"""A model reads rows of a store; how well, in the one number epochs are compared by."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

import numpy as np
import numpy.typing as npt
import torch

from mien.data.loader import Labelled
from mien.data.store import Store
from mien.data.views import resize
from mien.methods.method import PredictingModule
from mien.metrics.auc import auc
from mien.metrics.categorical import confusion, uar
from mien.metrics.concordance import ccc
from mien.metrics.f1 import f1_at

Rows = npt.NDArray[np.int64]
Predictions = Mapping[str, npt.NDArray[np.float32]]
"""What `PredictingModule.predict` returns, as arrays."""
AFFECT = ("valence", "arousal")


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """The labels of some rows, with the names that reports need."""

    rows: Rows
    """Rows in the store."""
    subjects: npt.NDArray[np.object_]
    """Subject of each row."""
    occurrence: npt.NDArray[np.float32]
    """(row, unit), NaN unknown."""
    intensity: npt.NDArray[np.float32]
    """(row, unit) 0 to 5, NaN unknown."""
    expression: npt.NDArray[np.int64]
    """(row,), -1 unknown."""
    affect: npt.NDArray[np.float32]
    """(row, 2), NaN unknown."""
    aus: tuple[int, ...]
    """Units of the columns."""
    expressions: tuple[str, ...]
    """Names of the classes."""

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"Truth({len(self)} rows, {len(self.aus)} units)"


def truth(data: Labelled) -> Truth:
    """The labels of a part's rows."""
    targets = data.targets
    names = np.asarray([*targets.subjects, ""], dtype=object)  # -1, unknown, is the last
    return Truth(
        rows=data.rows,
        subjects=names[targets.subject],
        occurrence=targets.occurrence,
        intensity=targets.intensity,
        expression=targets.expression,
        affect=targets.affect,
        aus=targets.aus,
        expressions=targets.expressions,
    )


def read(
    module: PredictingModule,
    store: Store,
    rows: Rows,
    *,
    size: int,
    device: torch.device,
    batch: int = 64,
) -> dict[str, npt.NDArray[np.float32]]:
    """Predict `rows`, in evaluation mode and float32; the module's mode is put back.

    Args:
        module: the trained method.
        store: where the images are.
        rows: which of them, in the order of the result.
        size: side of the encoder's input, in pixels.
        device: where the module is.
        batch: images at a time; it changes results by rounding at most.
    """
    training = module.training
    module.eval()
    found: dict[str, list[npt.NDArray[np.float32]]] = {}
    try:
        with torch.no_grad():
            reader = module.reader().eval()
            for start in range(0, len(rows), batch):
                images = torch.from_numpy(store.images(rows[start : start + batch]))
                views = resize(images.permute(0, 3, 1, 2).to(device), size)
                for name, values in reader(views).items():
                    found.setdefault(name, []).append(values.float().cpu().numpy())
    finally:
        module.train(training)
    return {name: np.concatenate(parts) for name, parts in found.items()}


def validation_scores(predictions: Predictions, known: Truth) -> dict[str, float]:
    """What epochs are compared by, under "score": the mean of the tasks' headline scores.

    Mean F1 at 0.5 for units, unweighted average recall for expressions, mean concordance for
    affect (the mean of them is our choice). Undefined ones are left out; with none defined there
    is no "score".
    """
    found: dict[str, float] = {}
    if "au" in predictions:
        names = [str(au) for au in known.aus]
        found["au_f1"] = f1_at(predictions["au"], known.occurrence).summary(names).mean
        found["au_auc"] = auc(predictions["au"], known.occurrence).summary(names).mean
    if "expression" in predictions:
        said = predictions["expression"].argmax(1)
        matrix = confusion(said, known.expression, classes=len(known.expressions))
        found["expression_uar"] = uar(matrix, known.expressions).mean
    if "affect" in predictions:
        found["affect_ccc"] = ccc(predictions["affect"], known.affect).summary(AFFECT).mean
    defined = {name: value for name, value in found.items() if not isnan(value)}
    heads = [defined[n] for n in ("au_f1", "expression_uar", "affect_ccc") if n in defined]
    if heads:
        defined["score"] = float(np.mean(heads))
    return defined
