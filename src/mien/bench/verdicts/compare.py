"""A paper's claims held against our rows: paired over people and seeds, corrected for many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Literal

import numpy as np

from mien.bench.papers.paper import Claim
from mien.bench.trials.piece import Piece
from mien.bench.verdicts.scores import draws, has, values
from mien.metrics.bootstrap import mean_of_defined
from mien.metrics.hierarchical import Effect, over_seeds
from mien.metrics.holm import holm

Pieces = Mapping[str, Mapping[int, Piece]]
"""Pieces by row and seed."""
Verdict = Literal["holds", "does not hold", "within noise", "above", "below", "not run"]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What our rows say of a claim."""

    claim: Claim
    gaps: tuple[float, ...]
    """First minus second at each common seed."""
    effect: Effect | None
    """The mean difference; None where there is no common seed."""
    corrected: float
    """p after Holm's correction over the claims of the paper; NaN without an effect."""
    verdict: Verdict
    """"within noise" where the interval holds 0; "above" and "below" where no sign is expected."""

    @property
    def sign(self) -> int:
        """Sign found, whatever the noise; 0 without an effect."""
        if self.effect is None or isnan(self.effect.value):
            return 0
        return int(np.sign(self.effect.value))

    @property
    def survives(self) -> bool:
        """Whether the difference stands after correction, at 5 %."""
        return self.corrected < 0.05


def judge(claims: Sequence[Claim], pieces: Pieces) -> list[Found]:
    """Every claim with its effect, corrected over all that could be compared."""
    gaps = [gap_of(claim.first, claim.second, claim.score, pieces) for claim in claims]
    nan = float("nan")
    chances = holm([nan if effect is None else effect.p for effect, _ in gaps])
    return [
        Found(claim=claim, gaps=each, effect=effect, corrected=p, verdict=verdict(effect, claim))
        for claim, (effect, each), p in zip(claims, gaps, chances, strict=True)
    ]


def gap_of(
    first: str, second: str, score: str, pieces: Pieces
) -> tuple[Effect | None, tuple[float, ...]]:
    """Mean difference of two rows and the difference at each common seed."""
    one, two = pieces.get(first, {}), pieces.get(second, {})
    seeds = [
        s for s in sorted(one.keys() & two.keys()) if has(one[s], score) and has(two[s], score)
    ]
    if not seeds:
        return None, ()
    drawn, gaps = [], []
    for seed in seeds:
        check_paired(one[seed], two[seed], score)
        drawn.append(mean_of_defined(draws(one[seed], score) - draws(two[seed], score)))
        apart = values(one[seed], score) - values(two[seed], score)
        gaps.append(float(mean_of_defined(apart[None])[0]))
    return over_seeds(drawn, gaps), tuple(gaps)


def level_of(row: str, score: str, pieces: Pieces) -> Effect | None:
    """A row's score, mean over seeds, with its interval; None where it has none."""
    found = [p for _, p in sorted(pieces.get(row, {}).items()) if has(p, score)]
    if not found:
        return None
    means = [float(mean_of_defined(values(each, score)[None])[0]) for each in found]
    return over_seeds([mean_of_defined(draws(each, score)) for each in found], means)


def verdict(effect: Effect | None, claim: Claim) -> Verdict:
    """What an effect says of a claim; noise is an interval that holds 0."""
    if effect is None:
        return "not run"
    if isnan(effect.low) or effect.low <= 0.0 <= effect.high:
        return "within noise"
    up = effect.value > 0.0
    if claim.sign == 0:
        return "above" if up else "below"
    return "holds" if up == (claim.sign > 0) else "does not hold"


def check_paired(one: Piece, two: Piece, score: str) -> None:
    """See that two pieces were read on the same rows.

    Raises:
        ValueError: they were not.
    """
    key = score.partition(":")[0]
    if not np.array_equal(one.readings[key]["subjects"], two.readings[key]["subjects"]):
        raise ValueError(f"{one} and {two} were read on other rows: their {score} cannot be paired")
