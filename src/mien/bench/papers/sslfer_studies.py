"""SSLFER beside the table: what was left open, and what each trap of the released code is worth."""

from types import MappingProxyType
from typing import Final

from mien.bench.papers.paper import Claim, Paper, Reader, Row, Which

F1, VALENCE, AROUSAL = "categories:expression-f1", "affect:valence-ccc", "affect:arousal-ccc"
CHANGED: Final = MappingProxyType(
    {
        "sslfer-a": ("even", "far", "few"),
        "sslfer-b": ("drawn-once", "unsorted", "flat-rate", "one-component"),
        "sslfer-e": ("bgr", "wrap", "hard-edge", "fixed-donor"),
        "sslfer-f": (
            "first-frame", "own-clip", "faceless", "lambda-0", "lambda-half", "lambda-double",
        ),
    }
)  # fmt: skip
"""Recipes of `mien.recipes.sslfer_extra` by the row of which each changes one thing."""
AFFECT: Final = ("mixed", "integers")
"""Other ways of fine-tuning valence and arousal."""
TUNED: Final = "sslfer-affect"
SMOKE: Final = frozenset({"sslfer-b", "sslfer-b-drawn-once", f"{TUNED}-mixed", TUNED})
LATER: Final = frozenset({"sslfer-f", *(f"sslfer-f-{each}" for each in CHANGED["sslfer-f"])})
"""MaskFN's rows: descriptors make them the dearest."""


def _row(name: str) -> Row:
    of: Which = "smoke" if name in SMOKE else "all" if name in LATER else "principal"
    reader = Reader(key="categories", recipe="sslfer-categories", part="wild")
    return Row(name=name, recipe=name, part="talking", readers=(reader,), of=of)


def _affect(recipe: str) -> Row:
    """Row b's encoder, fine-tuned on valence and arousal in this way."""
    reader = Reader(key="affect", recipe=recipe, part="wild")
    return Row(
        name=recipe, recipe="sslfer-b", part="talking", readers=(reader,),
        of="smoke" if recipe in SMOKE else "principal",
    )  # fmt: skip


SSLFER_STUDIES: Final = Paper(
    name="sslfer-studies",
    title="SSLFER: what was left open, and the traps one by one",
    rows=(
        *(
            _row(name)
            for base, changes in CHANGED.items()
            for name in (base, *(f"{base}-{each}" for each in changes))
        ),
        *map(_affect, (TUNED, *(f"{TUNED}-{each}" for each in AFFECT))),
    ),
    claims=(
        *(
            Claim(first=f"{base}-{each}", second=base, score=F1, sign=0)
            for base, changes in CHANGED.items()
            for each in changes
        ),
        *(
            Claim(first=f"{TUNED}-{each}", second=TUNED, score=score, sign=0)
            for each in AFFECT
            for score in (VALENCE, AROUSAL)
        ),
    ),
    headline=MappingProxyType({F1: "", VALENCE: "", AROUSAL: ""}),
    caveats=(
        "No paper prints these. Each row changes one thing of that whose name it begins with.",
    ),
)
