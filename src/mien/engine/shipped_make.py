"""The shipped model from nothing: render, measure, train, calibrate, pack, judge; stops resume."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from mien.data.store import Store
from mien.engine.chunked import fill_table
from mien.engine.shipped_card import card
from mien.engine.shipped_claim import claim
from mien.engine.shipped_geometry import KIND, NAME, measured
from mien.engine.shipped_judge import asked, blended, hold, judged
from mien.engine.shipped_pack import Bits, pack, write
from mien.engine.shipped_plan import Plan
from mien.engine.shipped_read import teacher
from mien.engine.shipped_stores import left_until, prepare_stores
from mien.engine.train import train
from mien.methods.initialise import weights_file
from mien.methods.text_reader import TextReader, told_kind
from mien.predict.model import Model
from mien.recipes.run import Run
from mien.text.sentence import SentenceEncoder

Tell = Callable[[str], None]


def make_shipped(
    plan: Plan, *, bits: Bits = 16, until: float | None = None, tell: Tell = print
) -> Path | None:
    """Make the bundle of a plan, going on where an earlier call stopped.

    Args:
        plan: what is made, and where.
        bits: of the packed network.
        until: stop at this moment of the monotonic clock and keep what is done.
        tell: told what happens.

    Returns:
        The bundle's folder; None where time ran out.

    Raises:
        MienError: an asset is not fetched, or the work folder holds another plan.
        KeyboardInterrupt: Ctrl-C; what is done is kept.
    """
    claim(plan, bits=bits)
    if plan.bundle.exists():
        return plan.bundle
    # What is not there is told before hours of work.
    SentenceEncoder()
    if plan.begin is not None:
        weights_file(plan.begin)
    if not prepare_stores(plan, until=until, tell=tell):
        return None
    if not prepare_geometry(plan, until=until, tell=tell):
        return None
    for number, run in enumerate(plan.runs()):
        if not _train(plan, run, plan.runs()[:number], until=until, tell=tell):
            return None
    return _pack(plan, bits=bits, tell=tell)


def prepare_geometry(plan: Plan, *, until: float | None = None, tell: Tell = print) -> bool:
    """Measure landmarks on every store; of the training store only if they are read."""
    names = plan.stores if plan.reads_geometry else plan.stores[1:]
    return all(
        fill_table(
            plan.store(name), NAME, measured, kind=KIND, jobs=plan.jobs, until=until, tell=tell
        )
        for name in names
    )


def _train(
    plan: Plan, run: Run, before: tuple[Run, ...], *, until: float | None, tell: Tell
) -> bool:
    method, store, out = run.method, plan.store("train"), plan.folder(run)
    assert isinstance(method, TextReader)
    if method.distil:
        work = teacher(tuple(plan.folder(each) for each in before))
        kind = told_kind(method)
        if not fill_table(store, "told", work, kind=kind, until=until, tell=tell):
            return False
    tell(f"train {out.name}: {run.steps} steps of {run.batch}")
    outcome = train(run, out, store=store, max_seconds=left_until(until))
    if outcome.reason in {"SIGINT", "SIGTERM"}:
        raise KeyboardInterrupt
    tell(f"{out.name}: {outcome.status} at step {outcome.step} of {outcome.steps}")
    return outcome.status == "finished"


def _pack(plan: Plan, *, bits: Bits, tell: Tell) -> Path:
    packed = pack(plan.folder(plan.runs()[-1]), plan.store("train"), bits=bits, tell=tell)
    trial = plan.work / ".trial-bundle"
    shutil.rmtree(trial, ignore_errors=True)
    write(packed, trial)
    figures = judge(plan, trial, tell=tell)
    shutil.rmtree(trial)
    told = {
        "card.md": card(packed, figures).encode(),
        "measured.json": _json(figures),
        "data.json": _json(statement(plan)),
    }
    write(packed, plan.bundle, files=told)
    tell(f"{plan.bundle}: made")
    return plan.bundle


def judge(plan: Plan, bundle: Path, *, tell: Tell = print) -> dict[str, Any]:
    """Every figure of a bundle on the held-out stores of a plan."""
    model, figures = Model(bundle), {}
    for name in plan.stores[1:]:
        tell(f"judge on {name}")
        held = hold(plan.store(name), model, shaped=True)
        found = {"pixels": judged(model, held, shaped=False)}
        if model.wants_geometry:
            found = {"pixels and geometry": judged(model, held, shaped=True), **found}
        figures[name.replace("-", "_")] = found
        if name == "held-out":
            figures["blendshapes"] = blended(held, model.bundle.aus)
            figures["asked"] = asked(model, held, SentenceEncoder())
    return figures


def statement(plan: Plan) -> dict[str, Any]:
    """The data statement: every store, how it was made, and its digest."""
    found: dict[str, Any] = {
        "people": "rendered; nobody was photographed",
        "licence": "CC0-1.0",
        "stores": {},
    }
    for name in plan.stores:
        with closing(Store(plan.store(name))) as store:
            found["stores"][name] = {
                "pictures": len(store),
                "people": len(set(store.column("subject").tolist())),
                "digest": store.digest,
                "created": dict(store.facts.created),
            }
    return found


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
