"""SSLFER's table (Shu et al., BMVC 2022, arXiv 2210.03853) as rows, numbers and claims.

AffectNet stands beside `wild`, clips of VoxCeleb1 beside `talking`.
"""

from types import MappingProxyType
from typing import Final, Literal

from mien.bench.papers.paper import Claim, Paper, Reader, Row, Which

COLUMNS: Final = (
    "AffectNet F1", "valence CCC", "arousal CCC", "AffectNet accuracy", "valence RMSE",
    "arousal RMSE",
)  # fmt: skip
SCORES: Final = (
    "categories:expression-f1", "affect:valence-ccc", "affect:arousal-ccc",
    "categories:expression-accuracy", "affect:valence-rmse", "affect:arousal-rmse",
)  # fmt: skip
CLAIMED: Final = SCORES[:3]
"""Scores that claims are about; the others go with them."""
WHO: Final = "places:same-person-auc"

TABLE: Final[dict[str, tuple[float, ...]]] = {
    "supervised": (56.7, 0.563, 0.480, 56.6, 0.462, 0.376),
    "byol": (56.3, 0.560, 0.462, 56.4, 0.460, 0.386),
    "moco-v2": (56.8, 0.570, 0.486, 56.8, 0.454, 0.378),
    "sslfer-simclr": (57.5, 0.594, 0.451, 57.7, 0.431, 0.387),
    "sslfer-a": (57.8, 0.583, 0.500, 57.9, 0.448, 0.374),
    "sslfer-b": (58.1, 0.594, 0.500, 58.3, 0.437, 0.373),
    "sslfer-c": (58.3, 0.542, 0.508, 58.4, 0.463, 0.368),
    "sslfer-d": (58.6, 0.568, 0.502, 58.7, 0.444, 0.369),
    "sslfer-e": (58.8, 0.601, 0.514, 58.9, 0.429, 0.367),
    "sslfer-f": (58.9, 0.578, 0.493, 58.9, 0.448, 0.370),
    "sslfer-g": (59.3, 0.595, 0.502, 59.3, 0.435, 0.372),
}
"""The paper's table on AffectNet by `COLUMNS`, F1 and accuracy in percent; no seeds."""

PAIRS: Final = (
    ("sslfer-g", "sslfer-simclr"), ("sslfer-simclr", "supervised"), ("sslfer-a", "sslfer-simclr"),
    ("sslfer-b", "sslfer-a"), ("sslfer-g", "sslfer-d"), ("sslfer-e", "sslfer-b"),
    ("sslfer-e", "sslfer-c"), ("sslfer-c", "sslfer-b"), ("sslfer-f", "sslfer-b"),
    ("sslfer-g", "sslfer-e"), ("sslfer-g", "supervised"), ("sslfer-g", "moco-v2"),
    ("sslfer-g", "byol"),
)  # fmt: skip
"""What each strategy adds, and the whole against what the paper says it beats."""
HIDDEN: Final = (("sslfer-e", "sslfer-b"), ("sslfer-g", "sslfer-simclr"))
"""Rows with swapped heads against rows without: who is shown should be read less."""
SMOKE: Final = frozenset({"sslfer-simclr", "sslfer-g"})
PRINCIPAL: Final = frozenset({"supervised", "sslfer-a", "sslfer-b", "sslfer-e", "sslfer-f"})


def _readers(*, start: Literal["row", "own"] = "row") -> tuple[Reader, ...]:
    bare = "" if start == "row" else "-imagenet"
    return (
        Reader(key="categories", recipe=f"sslfer-categories{bare}", part="wild", start=start),
        Reader(key="affect", recipe=f"sslfer-affect{bare}", part="wild", start=start),
    )


def _row(name: str) -> Row:
    of: Which = "smoke" if name in SMOKE else "principal" if name in PRINCIPAL else "all"
    numbers = MappingProxyType(dict[str, float](zip(COLUMNS, TABLE[name], strict=True)))
    if name == "supervised":
        first, second = _readers(start="own")
        return Row(name=name, recipe=first.recipe, part="wild", own=first.key, readers=(second,),
                   paper=numbers, of=of)  # fmt: skip
    return Row(name=name, recipe=name, part="talking", readers=_readers(), paper=numbers, of=of)


def _claims() -> tuple[Claim, ...]:
    found = []
    for first, second in PAIRS:
        for place, score in enumerate(CLAIMED):
            gap = round(TABLE[first][place] - TABLE[second][place], 3)
            sign: Literal[-1, 0, 1] = 1 if gap > 0 else -1 if gap < 0 else 0
            found.append(
                Claim(first=first, second=second, score=score, sign=sign, paper=gap,
                      column=COLUMNS[place])
            )  # fmt: skip
    hidden = (
        Claim(first=first, second=second, score=WHO, sign=-1, ours=True) for first, second in HIDDEN
    )
    return (*found, *hidden)


SSLFER: Final = Paper(
    name="sslfer",
    title="SSLFER: positives that share the expression",
    rows=tuple(_row(name) for name in TABLE),
    claims=_claims(),
    headline=MappingProxyType({**dict(zip(SCORES, COLUMNS, strict=True)), WHO: ""}),
    caveats=(
        (
            "Encoders learn from talking, without labels; AffectNet's place is taken by wild, its "
            "eight classes by the recipe's seven. As in the paper the whole encoder is fine-tuned."
        ),
        (
            "All rows begin with ImageNet's weights of a small net, since ours are short; in the "
            "paper only the supervised row does."
        ),
    ),
)
