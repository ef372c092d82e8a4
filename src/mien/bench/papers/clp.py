"""CLP's claims (Li and Shan, TIP 2023, arXiv 2403.03400) as rows, numbers and pairs.

The numbers are those that others report for it; whether by probe or fine-tuning is not stated.
BP4D stands beside `interview`, clips of VoxCeleb beside `talking`.
"""

from types import MappingProxyType
from typing import Final

from mien.bench.papers.paper import Claim, Paper, PartName, Reader, Row, Which

F1 = "BP4D F1"
PROBE, TUNED, WHO = "probe:au-f1", "finetune:au-f1", "places:same-person-auc"
REPORTED: Final = {"clp-full": 62.4, "clp-simclr": 49.8, "clp-moco": 51.6}
"""F1 in percent, mean over twelve units, as printed in a later paper's repository."""


def _row(name: str, of: Which = "all", *, part: PartName = "talking") -> Row:
    number = {F1: REPORTED[name]} if name in REPORTED else {}
    return Row(
        name=name,
        recipe=name,
        part=part,
        readers=(Reader(key="finetune", recipe="clp-finetune", part="interview"),),
        paper=MappingProxyType(number),
        of=of,
    )


def _above(first: str, second: str, *, paper: float | None = None, score: str = PROBE) -> Claim:
    column = F1 if paper is not None else ""
    return Claim(
        first=first, second=second, score=score, sign=1, paper=paper, column=column,
        ours=paper is None,
    )  # fmt: skip


_PARTS: Final = ("clp-tcl-a", "clp-tcl-b", "clp-cir-v1", "clp-cir-v2")

CLP: Final = Paper(
    name="clp",
    title="CLP: contrast in time, reconstruction across people",
    rows=(
        _row("clp-imagenet", "smoke", part="interview"),
        _row("clp-simclr", "smoke"),
        _row("clp-full", "smoke"),
        _row("clp-moco", "principal"),
        _row("clp-tcl-a", "principal"),
        _row("clp-cir-v1", "principal"),
        _row("clp-nomask", "principal"),
        Row(
            name="clp-supervised",
            recipe="clp-supervised",
            part="interview",
            own="finetune",
            of="principal",
        ),
        _row("clp-tcl-b"),
        _row("clp-cir-v2"),
        _row("clp-full-b"),
        _row("clp-full-v2"),
        _row("clp-notransform"),
        _row("clp-nomomentum"),
        _row("clp-scaled"),
        _row("byol"),
        _row("time-contrast"),
        _row("supcon", part="interview"),
        Row(name="clp-adversary", recipe="clp-adversary", part="interview", own="finetune"),
        _row("clp-random", part="interview"),
    ),
    claims=(
        *(
            _above("clp-full", rival, paper=gap, score=score)
            for rival, gap in (("clp-simclr", 12.6), ("clp-moco", 10.8))
            for score in (PROBE, TUNED)
        ),
        _above("clp-full", "clp-imagenet"),
        _above("clp-imagenet", "clp-random"),
        *(_above("clp-full", part) for part in _PARTS),
        _above("clp-full", "clp-nomask"),
        Claim(first="clp-nomask", second="clp-full", score=WHO, sign=1, ours=True),
        Claim(first="clp-full", second="clp-tcl-a", score=WHO, sign=-1, ours=True),
        _above("clp-full", "clp-notransform"),
        _above("clp-full", "clp-nomomentum"),
        _above("clp-full", "byol"),
        _above("clp-full", "time-contrast"),
        Claim(first="clp-full", second="clp-full-b", score=PROBE, sign=0),
        Claim(first="clp-full", second="clp-full-v2", score=PROBE, sign=0),
        Claim(first="clp-full", second="clp-scaled", score=PROBE, sign=0),
        Claim(first="clp-supervised", second="clp-full", score=PROBE, sign=1),
        *(
            Claim(first="clp-full", second=rival, score=WHO, sign=-1, ours=True)
            for rival in ("clp-simclr", "clp-moco")
        ),
        Claim(first="clp-adversary", second="clp-supervised", score=WHO, sign=-1, ours=True),
    ),
    headline=MappingProxyType({PROBE: F1, TUNED: F1, "probe:au-auc": "", WHO: ""}),
    caveats=(
        "Faithful in structure, with hyperparameters of our own: the paper's are not known to us.",
        (
            "Encoders begin with ImageNet's weights and learn from talking, without labels; a "
            "linear probe and fine-tuning read the units of interview, on other people than they "
            "were taught on."
        ),
        (
            "Who is shown is asked across places since the probe on interview, where a person's "
            "clips share a room, was seen to say .99 of nearly every row."
        ),
    ),
)
