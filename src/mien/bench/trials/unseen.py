"""What a CLEF run reads of expressions that labels did not teach: kept row by row, per way.

Of the test people of `interview`, and of `wild`; only faces that show one of those expressions.
"""

from pathlib import Path
from typing import Any

import numpy as np

from mien.bench.papers.paper import PartName
from mien.bench.trials.plan import Plan
from mien.bench.trials.readings import Readings, wild_rows
from mien.data.loader import Labelled
from mien.engine.folder import read_run
from mien.engine.parts import parts
from mien.engine.ranks import device_named
from mien.engine.reading import truth
from mien.engine.textual import Textual, embed_rows, open_textual
from mien.engine.zero_shot import class_scores, taught
from mien.facs import EXPRESSIONS_7
from mien.methods.zero_shot import WAYS
from mien.recipes.run import Run


def unseen_readings(
    plan: Plan, folder: Path, seed: int, *, device: str | None
) -> dict[str, Readings]:
    """A finished run's scores of the unseen classes.

    Returns:
        Readings under `unseen-WAY` (`interview`) and `unseen-WAY-in-wild`; nothing where no face
        shows an unseen class.
    """
    held = open_textual(folder)
    held.module.to(device_named(device))
    with plan.open_store("interview") as store:
        tested = parts(held.run.data, store).rows["test"]
    return {
        **_read(plan, held, "interview", tested, ending="", device=device),
        **_read(plan, held, "wild", wild_rows(plan, seed), ending="-in-wild", device=device),
    }


def unseen_facts(folder: Path) -> dict[str, Any]:
    """The classes that a run is asked for, and the chance of naming one of them."""
    classes = unseen_classes(read_run(folder))
    return {"classes": list(classes), "chance": 1 / len(classes)}


def unseen_classes(run: Run) -> tuple[str, ...]:
    """Those of the seven that labels did not teach."""
    return tuple(name for name in EXPRESSIONS_7 if name not in taught(run))


def _read(
    plan: Plan, held: Textual, part: PartName, rows: np.ndarray, *, ending: str, device: str | None
) -> dict[str, Readings]:
    classes = unseen_classes(held.run)
    with plan.open_store(part) as store:
        known = truth(Labelled.of(store, rows, expressions=classes))
        shown = np.flatnonzero(known.expression >= 0)
        if not len(shown):
            return {}
        features = embed_rows(
            held.module.encoder, store, rows[shown], size=held.run.backbone.size,
            device=device_named(device),
        )  # fmt: skip
    found = {}
    for way in WAYS:
        scores = class_scores(held, features, classes, way=way)
        if scores is not None:
            found[f"unseen-{way}{ending}"] = {
                "subjects": known.subjects[shown].astype(str),
                "expression": scores.astype(np.float32),
                "expression_true": known.expression[shown],
            }
    return found
