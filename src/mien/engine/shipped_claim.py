"""A work folder keeps to one plan: what it holds is never taken for what another plan asks for."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from mien import atomic
from mien.data.facts import read_facts
from mien.engine.shipped_plan import Plan
from mien.errors import MienError
from mien.lab.corpus.make import creation_facts
from mien.recipes import record

PLAN_FILE: Final = "plan.json"
_REMEDY: Final = "name another folder (--work), or give the settings that this one was begun with"


def claim(plan: Plan, *, bits: int) -> None:
    """See that the work folder holds this plan or none, and write it to `plan.json` there.

    One size a folder, since it decides the stores; of each option one model. A folder without
    `plan.json` is judged by what its stores and its bundle say of themselves.

    Raises:
        MienError: the folder holds something else.
    """
    path = plan.work / PLAN_FILE
    held = _read(path)
    models: dict[str, Any] = held.get("models", {})
    model = plan.runs()[-1]
    wanted = {"pixels": plan.pixels, "steps": model.steps, "seed": plan.seed, "begin": model.init}
    found: dict[str, Any] = models.get(plan.option, {})
    _same(path, "the folder", held, {"size": plan.size})
    _same(path, f"the {plan.option} model", found, wanted)
    check_stores(plan, plan.stores)
    if plan.bundle.exists():
        _check_bundle(plan)
        _same(path, "the packed model", found, {"bits": bits})
    content = {
        "size": plan.size,
        "models": models | {plan.option: wanted | {"bits": bits}},
    }
    if content != held:
        atomic.write_text(path, json.dumps(content, indent=2, sort_keys=True) + "\n")


def check_stores(plan: Plan, names: Sequence[str]) -> None:
    """See that those of the plan's stores that are there were made by its settings.

    Raises:
        MienError: one was not.
    """
    for name in names:
        place = plan.store(name)
        if place.exists():
            _check_made(place, plan, name, read_facts(place).created)


def _check_bundle(plan: Plan) -> None:
    """By the recipe and the data statement that lie in it."""
    run = record.read(plan.bundle / "recipe.json")
    if run != plan.runs()[-1]:
        raise MienError("holds a model of another recipe", remedy=_REMEDY, path=plan.bundle)
    path = plan.bundle / "data.json"
    stores = _read(path).get("stores", {})
    for name in plan.stores:
        _check_made(path, plan, name, stores.get(name, {}).get("created", {}))


def _check_made(place: Path, plan: Plan, name: str, created: Mapping[str, Any]) -> None:
    """Compare scenarios, seeds, sizes and renderers; the version of mien may be another."""
    wanted = [
        creation_facts(part.scenario, seed=part.seed, size=plan.side, renderer=part.renderer)
        for part in plan.parts(name)
    ]
    found = created.get("joined", [])
    if list(map(_unversioned, found)) != list(map(_unversioned, wanted)):
        raise MienError(
            f"holds other pictures than --size {plan.size} at {plan.side} pixels asks for",
            remedy=_REMEDY,
            path=place,
        )


def _unversioned(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "by"}


def _same(path: Path, what: str, held: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for name, value in wanted.items():
        if held.get(name, value) != value:
            raise MienError(
                f"{what} has {name} {held[name]}, not {value}", remedy=_REMEDY, path=path
            )


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise MienError(f"cannot be read ({error})", remedy=_REMEDY, path=path) from error
    if not isinstance(content, dict):
        raise MienError("is no plan", remedy=_REMEDY, path=path)
    return content
