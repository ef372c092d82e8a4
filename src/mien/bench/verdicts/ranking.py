"""Which rows are best on both axes, and which candidate is named as ours.

The rule, fixed before any candidate was measured: at the seeds that all rows have, take each row's
mean skill (AU AUC of a linear probe, test people of interview) and its two mean leakages (people
that a probe names in interview, whose clips share a room; same-person AUC of the bare features in
wild, where pictures share no place). Standardise each of the three over the rows. A row's score is
its skill less the mean of its leakages; the candidate of the highest score is named, or of equal
ones the first in the table.

A row is undominated where no other is at least as good in all three and better in one. Since the
score falls with every loss, the named candidate is undominated among candidates; whether it is so
among all rows is said beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from math import isfinite
from statistics import fmean, pstdev
from typing import Any

from mien.bench.papers.paper import Paper
from mien.bench.record import spread
from mien.bench.trials.piece import Piece
from mien.bench.verdicts.compare import Pieces
from mien.bench.verdicts.scores import values
from mien.bench.verdicts.tables import Table
from mien.metrics.bootstrap import mean_of_defined

SKILL = "probe:au-auc"
Three = tuple[float, float, float]
"""Skill; people named; same-person AUC across places."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A row on both axes, over the common seeds."""

    name: str
    candidate: bool
    skill: tuple[float, ...]
    """AU AUC of a linear probe, by seed."""
    named: tuple[float, ...]
    """Share of pictures whose person a probe names, by seed."""
    same_person: tuple[float, ...]
    """AUC of telling two pictures of one person from two of two, across places, by seed."""
    score: float
    """Standardised skill less the mean of the standardised leakages."""
    undominated: bool
    """No row is at least as good in all three means and better in one."""


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """All rows, best first, and who is named."""

    seeds: tuple[int, ...]
    """Those that every row has."""
    standings: tuple[Standing, ...]
    named: str | None
    """The candidate that the rule names; None without a candidate or a common seed."""
    by_seed: Mapping[int, str]
    """Whom it would name by one seed alone: how far it can be trusted."""


def ranking(paper: Paper, pieces: Pieces) -> Ranking:
    """Rank the rows that have been run.

    Args:
        paper: whose rows and candidates.
        pieces: what has been run; rows without any, or without a defined score, take no part.
    """
    names = [row.name for row in paper.rows if pieces.get(row.name)]
    seeds = sorted(set.intersection(*(set(pieces[name]) for name in names)) if names else ())
    if not seeds:
        return Ranking(seeds=(), standings=(), named=None, by_seed={})
    every = {name: [_three(pieces[name][seed]) for seed in seeds] for name in names}
    asked = {name: some for name, some in every.items() if all(map(isfinite, chain(*some)))}
    means = {name: _means(some) for name, some in asked.items()}
    scores = _scores(means)
    standings = [
        _standing(paper, name, some, score=scores[name], means=means)
        for name, some in asked.items()
    ]
    by_seed = {
        seed: _best(paper, _scores({name: some[place] for name, some in asked.items()}))
        for place, seed in enumerate(seeds)
    }
    return Ranking(
        seeds=tuple(seeds),
        standings=tuple(sorted(standings, key=lambda each: -each.score)),
        named=_best(paper, scores),
        by_seed={seed: name for seed, name in by_seed.items() if name is not None},
    )


def ranking_table(found: Ranking) -> Table:
    """The ranking as a table, best first."""
    header = (
        *(
            "row",
            "AU AUC",
            "people named",
            "same-person AUC, across places",
            "score",
            "undominated",
            "candidate",
        ),
    )
    rows = [
        (
            each.name, spread(each.skill), spread(each.named), spread(each.same_person),
            f"{each.score:+.2f}", "yes" if each.undominated else "",
            "named" if each.name == found.named else "yes" if each.candidate else "",
        )
        for each in found.standings
    ]  # fmt: skip
    return ("Skill and leakage together, best first (mean ± standard deviation over seeds)",
            header, rows)  # fmt: skip


def ranking_notes(found: Ranking) -> list[str]:
    """Who is named, how firmly, and by what rule."""
    if found.named is None:
        return ["No candidate is named: none has been run at a seed that all rows have."]
    best = next(each for each in found.standings if each.name == found.named)
    alone = ", ".join(f"seed {seed}: {name}" for seed, name in found.by_seed.items())
    above = [each.name for each in found.standings if each.score > best.score]
    return [
        f"Named as ours: {found.named}, by standardised skill less the mean of two standardised "
        f"leakages, a rule fixed beforehand. By one seed alone: {alone}. It is "
        + ("undominated among all rows" if best.undominated else "dominated by another row")
        + (f"; higher scores, not candidates: {', '.join(above)}." if above else ".")
    ]


def ranking_figures(found: Ranking) -> dict[str, Any]:
    """The ranking for the JSON record."""
    return {
        "seeds": list(found.seeds),
        "named": found.named,
        "by_seed": {str(seed): name for seed, name in found.by_seed.items()},
        "rows": [asdict(each) for each in found.standings],
    }


def _three(piece: Piece) -> Three:
    skill = float(mean_of_defined(values(piece, SKILL)[None])[0])
    asked = piece.facts["questions"]["identity"]
    return skill, float(asked["accuracy"]), float(asked["across_places"])


def _means(some: Sequence[Three]) -> Three:
    skill, named, same = (fmean(column) for column in zip(*some, strict=True))
    return skill, named, same


def _scores(means: Mapping[str, Three]) -> dict[str, float]:
    """Each row's score; a column in which all rows are equal counts nothing."""
    if not means:
        return {}
    skill, named, same = (_standardised(column) for column in zip(*means.values(), strict=True))
    return {
        name: skill[place] - (named[place] + same[place]) / 2 for place, name in enumerate(means)
    }


def _standardised(column: Sequence[float]) -> list[float]:
    middle, width = fmean(column), pstdev(column)
    return [(value - middle) / width if width > 0 else 0.0 for value in column]


def _best(paper: Paper, scores: Mapping[str, float]) -> str | None:
    candidates = [name for name in paper.candidates if name in scores]
    return max(candidates, key=lambda name: scores[name], default=None)


def _standing(
    paper: Paper, name: str, some: Sequence[Three], *, score: float, means: Mapping[str, Three]
) -> Standing:
    skill, named, same = zip(*some, strict=True)
    return Standing(
        name=name, candidate=name in paper.candidates, skill=skill, named=named, same_person=same,
        score=score,
        undominated=not any(_beats(means[other], means[name]) for other in means if other != name),
    )  # fmt: skip


def _beats(one: Three, other: Three) -> bool:
    """At least as good in all three, better in one."""
    gains = (one[0] - other[0], other[1] - one[1], other[2] - one[2])
    return min(gains) >= 0 and max(gains) > 0
