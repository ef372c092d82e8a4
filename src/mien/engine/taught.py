"""What a run learns must be told by its training rows: activities with their texts, and labels."""

import numpy as np

from mien.data.loader import Labelled
from mien.data.store import Store
from mien.data.tuples import Tuples
from mien.errors import MienError
from mien.facs import au_column
from mien.methods.activities import listed
from mien.methods.adversary import Adversary
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.labels import LabelledMethod
from mien.methods.ours import Ours
from mien.methods.sslfer import SslFer
from mien.methods.supcon import SupCon
from mien.recipes.run import Run


def activities(run: Run, store: Store) -> tuple[str, ...] | None:
    """The codes that number a batch's activities; None for those in the store, by name.

    Raises:
        MienError: the texts of stage 1 are those of other activities, a code means two things,
            or the store shows nothing of an activity of one's own.
    """
    method, named = run.method, run.data.activities
    if isinstance(method, ClefPretrain):
        _check_texts(method, named)
        if method.own:
            return _own(method, store)
    if named is None:
        return None
    codes = tuple(activity.code for activity in listed(named))
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise MienError(
            f"in the activities {named} the code {twice[0]} means two things",
            remedy="name one corpus: a store's codes do not say which corpus they are from",
        )
    return codes


def check_taught(run: Run, train: Labelled) -> None:
    """See that everything has something to learn from: else its outputs would be noise.

    Raises:
        MienError: a task or a unit that no training row is labelled for; or activities or
            expressions to learn by, but no training row with one of them.
    """
    if isinstance(run.method, LabelledMethod):
        _check_tasks(run.name, run.method, train)
        _check_units(run.name, run.method, train)
        _check_subjects(run.name, run.method.adversary, train)
    elif isinstance(run.method, ClefPretrain):
        _check_activities(run.name, run.method, train)
    elif isinstance(run.method, SupCon):
        _check_expressions(run.name, run.method, train)
    elif isinstance(run.method, SslFer):
        _check_pairs(run)
        _check_patches(run, run.method)
    elif isinstance(run.method, Ours):
        _check_pairs(run, rows=run.method.rows)
        _check_subjects(run.name, run.method.adversary, train)


def _check_texts(method: ClefPretrain, named: str | None) -> None:
    """See that the texts of stage 1 are those of the activities that batches are numbered by."""
    if method.own:
        if named not in {None, method.activities}:
            raise MienError(
                f"batches number the activities of {named}, but the method has its own",
                remedy="leave data.activities out (None)",
            )
    elif (method.texts or method.merge != "none") and named != method.activities:
        raise MienError(
            f"batches number the activities of {named}, texts those of {method.activities}",
            remedy="give data.activities and method.activities the same name",
        )


def _own(method: ClefPretrain, store: Store) -> tuple[str, ...]:
    codes = tuple(code for code, _ in method.own)
    there = set(store.column("activity")) - {""}
    missing = [code for code in codes if code not in there]
    if missing:
        raise MienError(
            f"no image shows the activity {', '.join(missing)}",
            remedy="give codes of the store's column activity: "
            + (", ".join(sorted(there)) or "it has none"),
            path=store.path,
        )
    return codes


def _check_activities(name: str, method: ClefPretrain, train: Labelled) -> None:
    needed = method.texts or method.pairing == "activity"
    if needed and not (train.targets.activity >= 0).any():
        raise MienError(
            f"{name} learns by activities, but no training row shows one of "
            + (", ".join(train.targets.activities) or "them"),
            remedy="fill the store's column activity, or give its own codes with a sentence each "
            "as method.own",
            path=train.store.path,
        )


def _check_subjects(name: str, adversary: Adversary, train: Labelled) -> None:
    """An adversary needs people to name, and a place for each."""
    people = len(train.targets.subjects)
    if not adversary.weight or 2 <= people <= adversary.subjects:
        return
    raise MienError(
        f"{name} is to hide who is shown, with places for 2 to {adversary.subjects} people, "
        f"but its training rows name {people}",
        remedy=f"--method.adversary.subjects {people}"
        if people >= 2
        else "fill the store's column subject, or leave the adversary out",
        path=train.store.path,
    )


def _check_expressions(name: str, method: SupCon, train: Labelled) -> None:
    if not (train.targets.expression >= 0).any():
        raise MienError(
            f"{name} contrasts expressions, but no training row shows one of "
            + ", ".join(method.expressions),
            remedy="fill the store's column expression, or contrast without labels (simclr)",
            path=train.store.path,
        )


def _check_pairs(run: Run, *, rows: int = 2) -> None:
    """See that rows come in pairs, or in tuples of four."""
    sampler = run.data.sampler
    if not isinstance(sampler, Tuples):
        raise MienError(
            f"{run.name} contrasts pairs of rows, which {type(sampler).__name__} does not give",
            remedy="sample by mien.data.tuples.Tuples, as the recipes sslfer-a to sslfer-g do",
        )
    if sampler.rows < rows:
        raise MienError(
            f"{run.name} compares {rows} rows of a clip, and the sampler gives {sampler.rows}",
            remedy="let it draw hard negatives, or leave method.margin out",
        )


def _check_patches(run: Run, method: SslFer) -> None:
    """See that MaskFN has something to look at."""
    if method.mask is not None and not run.data.edits.patches:
        raise MienError(
            f"{run.name} masks false negatives by eyes and mouths that nobody cuts out",
            remedy="set data.edits.patches, or leave method.mask out",
        )


def _check_tasks(name: str, method: LabelledMethod, train: Labelled) -> None:
    targets = train.targets
    known = {
        "au": bool((~np.isnan(targets.occurrence)).any()),
        "intensity": bool((~np.isnan(targets.intensity)).any()),
        "expression": bool((targets.expression >= 0).any()),
        "affect": bool((~np.isnan(targets.affect)).any()),
    }
    missing = [task for task in method.labels if not known[task]]
    if missing:
        raise MienError(
            f"{name} is to learn {', '.join(missing)}, but no training row has such a label",
            remedy=f"label some rows, or leave the task out: --method.weights.{missing[0]} 0",
            path=train.store.path,
        )


def _check_units(name: str, method: LabelledMethod, train: Labelled) -> None:
    """Units that are read with texts are no exception: nobody could tell them from taught ones."""
    known = np.ones(len(method.aus), bool)
    if "au" in method.labels:
        known &= (~np.isnan(train.targets.occurrence)).any(axis=0)
    if "intensity" in method.labels:
        known &= (~np.isnan(train.targets.intensity)).any(axis=0)
    if known.all():
        return
    untaught = [au_column(au) for au, told in zip(method.aus, known, strict=True) if not told]
    left = [str(au) for au, told in zip(method.aus, known, strict=True) if told]
    task = "intensity" if "intensity" in method.labels else "au"
    raise MienError(
        f"{name} is to learn {', '.join(untaught)}, but no training row has such a label"
        + (" for every task" if {"au", "intensity"} <= set(method.labels) else ""),
        remedy=f"read the other units only: --method.aus {' '.join(left)}"
        if left
        else f"label some rows, or leave the task out: --method.weights.{task} 0",
        path=train.store.path,
    )
