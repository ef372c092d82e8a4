"""The shipped model's stores: rendered part by part, then joined, blinks counted as shut eyes."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from mien.data.merge import label_rows
from mien.data.store import Store
from mien.data.writer import StoreWriter
from mien.engine.shipped_claim import check_stores
from mien.engine.shipped_plan import Plan
from mien.facs import SIDES, au_column, intensity_column, sided_column
from mien.lab.corpus.make import make

Tell = Callable[[str], None]
"""Told what happens, line by line."""


def left_until(until: float | None) -> float | None:
    """Seconds from now to a moment, none below 0; None for no limit."""
    return None if until is None else max(0.0, until - monotonic())


def prepare_stores(
    plan: Plan,
    *,
    names: Sequence[str] | None = None,
    until: float | None = None,
    tell: Tell = print,
) -> bool:
    """Render and join stores of the plan, all by default; False where time ran out.

    Raises:
        MienError: a store is there that was made by other settings.
    """
    wanted = plan.stores if names is None else names
    check_stores(plan, wanted)
    return all(_prepare(plan, name, until=until, tell=tell) for name in wanted)


def _prepare(plan: Plan, name: str, *, until: float | None, tell: Tell) -> bool:
    out = plan.store(name)
    if out.exists():
        return True
    places: list[Path] = []
    for part in plan.parts(name):
        place = plan.work / "parts" / f"{name}-{plan.side}-{part.scenario.name}"
        tell(f"render {place.name}")
        made = make(
            part.scenario,
            place,
            size=plan.side,
            seed=part.seed,
            jobs=plan.jobs,
            renderer=part.renderer,
            max_seconds=left_until(until),
        )
        tell(f"{place.name}: {made.frames} of {made.planned} pictures")
        if not made.finished:
            return False
        places.append(place)
    join(places, out)
    for place in places:
        shutil.rmtree(place)
    return True


def join(parts: Sequence[Path], out: Path) -> Path:
    """One store of several, in which shut eyes (43) include blinks (45).

    A single picture cannot tell them apart; 45 is unknown in the joined store.
    """
    stores = [Store(part) for part in parts]
    first = stores[0].facts
    created = {"joined": [store.facts.created for store in stores], "blinks": "count as AU43"}
    with StoreWriter(
        out,
        name=out.name,
        template=first.template,
        template_digest=first.template_digest,
        created=created,
    ) as writer:
        for store in stores:
            for row, columns in enumerate(label_rows(store)):
                writer.add_record(store.read(row), without_blinks(columns))
            store.close()
    return out


def without_blinks(columns: dict[str, Any]) -> dict[str, Any]:
    """The columns of a row with blinks counted as shut eyes."""
    found = dict(columns)
    for column in (au_column, intensity_column, *(_side(side) for side in SIDES)):
        blink, shut = found.pop(column(45), None), found.get(column(43))
        if blink is not None and shut is not None:
            found[column(43)] = max(blink, shut)
    return found


def _side(side: str) -> Callable[[int], str]:
    return lambda unit: sided_column(unit, side)
