"""How hard the lab is: identity, activity, and what labels add, measured piece by piece.

Every finished piece stays, so that a measurement that was stopped goes on when called again.
"""

from dataclasses import dataclass
from time import monotonic
from typing import Any

from mien.bench.clock import OutOfTime, Tell
from mien.bench.difficulty.activity import activity, faces
from mien.bench.difficulty.identity import Halves, identity
from mien.bench.difficulty.ladder import BESIDE, RUNGS, climb, steps_of
from mien.bench.difficulty.plan import KNOWN, PARTS, Pieces, Plan
from mien.lab.corpus.make import make
from mien.lab.corpus.release import make_release


@dataclass(frozen=True, kw_only=True)
class Measured:
    """How far a measurement came."""

    finished: bool
    """False where the time limit stopped it; the same call goes on."""
    figures: dict[str, Any]
    """Of every part: `faces`, `identity`, `activity` (interview only), `ladder` and `steps`; of
    wild also `identity_known`, of talking `identity_same_place`."""


def difficulty(
    plan: Plan, *, jobs: int = 2, max_seconds: float | None = None, tell: Tell = print
) -> Measured:
    """Measure everything a plan asks for.

    Args:
        plan: what, how often, and where.
        jobs: processes that render.
        max_seconds: stop after about this long, keeping what is done.
        tell: told what happens, line by line.

    Raises:
        MienError: an asset is missing, or the folder holds something else.
    """
    until = None if max_seconds is None else monotonic() + max_seconds
    pieces = Pieces(plan, tell, until)
    try:
        pieces.make("lab", lambda: _render(pieces, jobs))
        pieces.make("lab-known", lambda: _render_known(pieces, jobs))
        figures = {part: _part(pieces, part) for part in PARTS}
        figures["wild"]["identity_known"] = _identities(pieces, KNOWN)
        figures["talking"]["identity_same_place"] = _identities(pieces, "talking", halves="frames")
    except OutOfTime:
        return Measured(finished=False, figures={})
    return Measured(finished=True, figures=figures)


def _render(pieces: Pieces, jobs: int) -> dict[str, Any]:
    made = make_release(
        pieces.plan.release,
        pieces.plan.work / "lab",
        only=PARTS,
        jobs=jobs,
        max_seconds=pieces.clock.left(),
    )
    if not made.finished:
        raise OutOfTime
    return {name: vars(each) for name, each in made.contents.items()}


def _render_known(pieces: Pieces, jobs: int) -> dict[str, Any]:
    plan, part = pieces.plan, pieces.plan.known_part
    made = make(
        part.scenario,
        plan.work / "lab" / KNOWN,
        size=plan.release.pixels,
        seed=part.seed,
        jobs=jobs,
        max_seconds=pieces.clock.left(),
    )
    if not made.finished:
        raise OutOfTime
    return {"pictures": part.frames}


def _identities(pieces: Pieces, part: str, *, halves: Halves = "clips") -> dict[str, Any]:
    plan = pieces.plan
    about = "" if halves == "clips" else f"-{halves}"
    return {
        net: pieces.make(
            f"{part}-identity{about}-{net}",
            lambda net=net: identity(plan, part, net, halves=halves),
        )
        for net in plan.nets()
    }


def _part(pieces: Pieces, part: str) -> dict[str, Any]:
    plan = pieces.plan
    found: dict[str, Any] = {"faces": pieces.make(f"{part}-faces", lambda: faces(plan, part))}
    found["identity"] = _identities(pieces, part)
    if part == "interview":
        found["activity"] = pieces.make(f"{part}-activity", lambda: activity(plan, part))
    ladder = {
        rung.name: [
            pieces.make(
                f"{part}-{rung.name.replace(',', '').replace(' ', '-')}-{seed}",
                lambda rung=rung, seed=seed: climb(pieces, part, rung, seed),
            )
            for seed in range(plan.seeds)
        ]
        for rung in (*RUNGS, *BESIDE)
    }
    steps = {score: steps_of(ladder, score) for score in ("auc", "f1")}
    return {**found, "ladder": ladder, "steps": steps}
