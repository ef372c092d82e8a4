"""Ours as a table: sums of known parts against the rows that they grew out of.

No paper claims any of this; every expectation is our own. Which candidate is named as ours is
decided by `mien.bench.verdicts.ranking`, whose rule was fixed before any was measured.
"""

from types import MappingProxyType
from typing import Final

from mien.bench.papers.paper import Claim, Paper, PartName, Reader, Row, Which

SKILL, TUNED, WHO = "probe:au-auc", "finetune:au-f1", "places:same-person-auc"
CANDIDATES: Final = (
    "ours-swap", "ours-swap-adversary", "ours-swap-cir", "ours-all", "ours-time-adversary",
)  # fmt: skip
FURTHER: Final = ("ours-swap-hard", "ours-swap-margin")
"""Candidates of the largest set of rows."""
RIVALS: Final = ("clp-simclr", "sslfer-e")
"""What every candidate is to beat on both axes."""


def _row(name: str, of: Which = "principal", *, part: PartName = "talking") -> Row:
    reader = Reader(key="finetune", recipe="clp-finetune", part="interview")
    return Row(name=name, recipe=name, part=part, readers=(reader,), of=of)


def _better(first: str, second: str) -> tuple[Claim, Claim]:
    """More skill and less leakage."""
    return (
        Claim(first=first, second=second, score=SKILL, sign=1, ours=True),
        Claim(first=first, second=second, score=WHO, sign=-1, ours=True),
    )


def _hides(first: str, second: str) -> Claim:
    return Claim(first=first, second=second, score=WHO, sign=-1, ours=True)


OURS: Final = Paper(
    name="ours",
    title="Ours: parts of three papers in one sum",
    rows=(
        _row("clp-simclr", "smoke"),
        _row("ours-all", "smoke"),
        _row("clp-imagenet", part="interview"),
        _row("clp-full"),
        _row("sslfer-a"),
        _row("sslfer-e"),
        *(_row(name) for name in CANDIDATES if name != "ours-all"),
        *(_row(name, "all") for name in FURTHER),
        _row("clp-cir-v2", "all"),
        _row("sslfer-g", "all"),
    ),
    claims=(
        *(
            claim
            for rival in RIVALS
            for name in (*CANDIDATES, *FURTHER)
            for claim in _better(name, rival)
        ),
        _hides("ours-swap", "sslfer-a"),
        _hides("ours-swap-adversary", "ours-swap"),
        _hides("ours-swap-cir", "ours-swap"),
        _hides("ours-time-adversary", "sslfer-a"),
    ),
    headline=MappingProxyType({SKILL: "", WHO: "", TUNED: ""}),
    caveats=(
        (
            "No paper: every expectation is ours. The encoder's rate, which all rows share, and "
            "the weight within clp-full were chosen by units of validation people, one seed; the "
            "adversary's weight by losses in training."
        ),
        (
            "Encoders learn from talking; no units or expressions are used there, but with an "
            "adversary or a reconstruction across people it is known which clips show one person."
        ),
    ),
    candidates=(*CANDIDATES, *FURTHER),
)
