"""CLP with one number changed at a time: its margin, memory, temperature, weight, clip length."""

from types import MappingProxyType
from typing import Final

from mien.bench.papers.paper import Claim, Paper, Row, Which
from mien.recipes.clp import sweeps

SKILL, WHO = "probe:au-auc", "places:same-person-auc"
BASE: Final = "clp-full"
SMOKE: Final = frozenset({BASE, "clp-weight-1"})
LATER: Final = frozenset({"clp-frames-3", "clp-frames-6", "clp-margin-0.03", "clp-memory-128"})


def _row(name: str) -> Row:
    of: Which = "smoke" if name in SMOKE else "all" if name in LATER else "principal"
    return Row(name=name, recipe=name, part="talking", of=of)


CLP_STUDIES: Final = Paper(
    name="clp-studies",
    title="CLP: one number changed at a time",
    rows=tuple(map(_row, (BASE, *(run.name for run in sweeps())))),
    claims=tuple(
        Claim(first=run.name, second=BASE, score=score, sign=0)
        for run in sweeps()
        for score in (SKILL, WHO)
    ),
    headline=MappingProxyType({SKILL: "", WHO: ""}),
    caveats=("No paper prints these: what each number does is not known to us beforehand.",),
)
