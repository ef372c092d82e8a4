"""Expressions that a run was never told, read on its own test subjects: zero_shot.json."""

import json
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from mien import __version__, atomic
from mien.data.loader import Labelled
from mien.data.store import Store
from mien.engine.evaluate import Which, same_store
from mien.engine.plan import RunData, prepare
from mien.engine.ranks import device_named
from mien.engine.reading import Truth, truth
from mien.engine.textual import Floats, Textual, embed_rows, open_textual
from mien.errors import MienError
from mien.facs import EXPRESSIONS_7, EXPRESSIONS_8
from mien.losses.similarity import similarity
from mien.methods.clef_stage2 import ClefFinetuneModule
from mien.methods.labels import LabelledMethod
from mien.methods.phrases import face_features
from mien.methods.zero_shot import WAYS, Way, class_features, prototype_scores
from mien.metrics import blocks
from mien.metrics.bootstrap import intervals
from mien.metrics.protocol import PARTS
from mien.metrics.resampled import recall_draws
from mien.recipes.run import Run

RESULT: Final = "zero_shot.json"
Block = dict[str, Any]
Names = tuple[str, ...]


def zero_shot(
    run_folder: str | PathLike[str],
    store: str | PathLike[str],
    *,
    expressions: Names = (),
    out: str | PathLike[str] | None = None,
    weights: Which = "last",
    device: str = "cpu",
    packages: Names = (),
) -> Block:
    """Read the test subjects' expressions in every way that the run allows.

    Two questions are asked: which of the unseen classes (chance is one in so many), and, where
    the run was told some of the seven, which of all of them, which is harder: seen classes attract.

    Args:
        run_folder: a finished run of CLEF, of either stage.
        store: the store it was trained on.
        expressions: the unseen classes; by default those of the seven that labels did not teach.
        out: where to write; `zero_shot.json` in the run's folder by default.
        weights: of the last epoch, or of the chosen one.
        device: where to compute.
        packages: packages of your own that the recipe's classes come from.

    Returns:
        The content of zero_shot.json.

    Raises:
        MienError: the run has no texts or no test rows of such classes, labels taught the classes,
            or the store is another one.
    """
    held = open_textual(Path(run_folder), weights=weights, packages=packages)
    questions = _questions(held.run, expressions)
    where = device_named(device)
    held.module.to(where)
    opened = Store(store)
    try:
        data = prepare(held.run, opened)
        same_store(held.folder, data)
        rows = data.parts["test"].rows
        size = held.run.backbone.size
        features = embed_rows(held.module.encoder, opened, rows, size=size, device=where)
        resampling = blocks.Resampling()
        results = {
            name: _answer(held, features, _told(opened, rows, classes), resampling)
            for name, classes in questions.items()
        }
        found = {**_about(held.run, data, weights), "bootstrap": resampling.block()}
        found["results"] = results
    finally:
        opened.close()
    target = held.folder / RESULT if out is None else Path(out)
    atomic.write_text(target, json.dumps(found, indent=1) + "\n")
    return found


def taught(run: Run) -> Names:
    """The expressions that labels taught a run."""
    method = run.method
    if isinstance(method, LabelledMethod) and "expression" in method.labels:
        return method.expressions
    return ()


def class_scores(
    held: Textual, features: Floats, expressions: Names, *, way: Way
) -> npt.NDArray[np.float32] | None:
    """A score of each class, (n, classes), the largest being the one that is read.

    Args:
        held: the run.
        features: its encoder's, (n, dim).
        expressions: the classes.
        way: see `Way`; None is returned where units are needed that the run does not read.
    """
    module, device = held.module, next(held.module.parameters()).device
    seen = torch.from_numpy(features).to(device)
    with torch.no_grad():
        if way != "prototypes":
            text = class_features(module, expressions, way=way)
            return similarity(face_features(module, seen), text).cpu().numpy()
        if not isinstance(module, ClefFinetuneModule) or "au" not in module.method.labels:
            return None
        reader = module.reader().eval()
        units = reader.activations["au"](reader.scorers["au"](seen)).cpu().numpy()
    scores = prototype_scores(units, aus=module.method.aus, expressions=expressions)
    return scores.astype(np.float32)


def _questions(run: Run, expressions: Names) -> dict[str, Names]:
    known = taught(run)
    unknown = set(expressions) - set(EXPRESSIONS_8)
    if unknown:
        raise MienError(
            f"there is no expression {min(unknown)!r}",
            remedy=f"choose among {', '.join(EXPRESSIONS_8)}",
        )
    unseen = expressions or tuple(name for name in EXPRESSIONS_7 if name not in known)
    shared = [name for name in known if name in unseen]
    if shared or not unseen:
        raise MienError(
            f"{run.name} has labels of {', '.join(shared or known)}: nothing is unseen",
            remedy="train with fewer expressions (recipes clef-seen-a-lab, clef-units-lab), or "
            "name others with --expressions",
        )
    if len(set(unseen)) < 2 or len(set(unseen)) < len(unseen):
        raise MienError(
            f"there is nothing to choose between: {', '.join(unseen)}",
            remedy="name at least two different expressions",
        )
    every = tuple(name for name in EXPRESSIONS_8 if name in {*known, *unseen})
    return {"unseen": unseen} | ({"every": every} if known else {})


def _told(store: Store, rows: npt.NDArray[np.int64], classes: Names) -> tuple[Truth, Floats]:
    """The labels of all rows by these classes, and which of the rows have one (0 or 1)."""
    labels = truth(Labelled.of(store, rows, expressions=classes))
    known = labels.expression >= 0
    if not known.any():
        raise MienError(
            f"no test row shows {', '.join(classes)}",
            remedy="name other classes with --expressions, or another fold's run",
            path=store.path,
        )
    return labels, known.astype(np.float32)


def _answer(
    held: Textual, features: Floats, told: tuple[Truth, Floats], how: blocks.Resampling
) -> Block:
    labels, known = told
    rows = np.flatnonzero(known)
    right, subjects = labels.expression[rows], labels.subjects[rows]
    shares = np.bincount(right, minlength=len(labels.expressions)) / len(right)
    ways: Block = {}
    for way in WAYS:
        scores = class_scores(held, features[rows], labels.expressions, way=way)
        if scores is None:
            continue
        block = blocks.expression_block(
            scores, right, subjects, names=labels.expressions, resampling=how
        )
        ways[way] = block | _accuracy_ends(scores.argmax(1), right, subjects, how)
    return {
        "classes": list(labels.expressions),
        "rows": len(rows),
        "subjects": len(set(subjects)),
        "chance": 1 / len(labels.expressions),
        "largest_class": float(shares.max()),
        "ways": ways,
    }


def _accuracy_ends(
    said: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    subjects: npt.NDArray[np.object_],
    how: blocks.Resampling,
) -> Block:
    """The accuracy's interval: it is the recall of one class that holds everything."""
    if len(set(subjects)) < 2:
        return {"accuracy_low": None, "accuracy_high": None}
    missed = (said != right).astype(np.int64)
    drawn = recall_draws(
        missed, np.zeros_like(missed), subjects, classes=1, draws=how.draws, seed=how.seed
    )
    ends = intervals(drawn, level=how.level)
    return {"accuracy_low": ends.mean_low, "accuracy_high": ends.mean_high}


def _about(run: Run, data: RunData, weights: Which) -> Block:
    method = run.method
    return {
        "format": 1,
        "name": run.name,
        "seed": run.seed,
        "weights": weights,
        "mien_version": __version__,
        "store": {"name": data.store.facts.name, "digest": data.store.digest},
        "protocol": {
            "kind": data.kind,
            "name": data.split.name,
            "subjects": {part: list(getattr(data.split, part)) for part in PARTS},
        },
        "taught": list(taught(run)),
        "units": list(method.aus) if isinstance(method, LabelledMethod) else [],
    }
