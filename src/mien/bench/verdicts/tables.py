"""A paper's bench as tables: rows beside the paper's numbers, claims with verdicts, questions."""

from collections.abc import Mapping, Sequence
from typing import Any

from mien.bench.papers.paper import Paper
from mien.bench.record import spread
from mien.bench.trials.asked import WATCHED
from mien.bench.verdicts.compare import Found, Pieces, level_of
from mien.bench.verdicts.scores import said
from mien.metrics.hierarchical import Effect

Rows = list[tuple[str, ...]]
Table = tuple[str, Sequence[str], Rows]
"""Caption, header and rows."""
QUESTIONS = (
    ("identity", "accuracy", "people named"),
    ("identity", "chance", "chance"),
    ("identity", "same_person_auc", "same-person AUC, same room"),
    ("identity", "across_places", "same-person AUC, across places"),
    ("hidden", "light", "light, R²"),
    ("hidden", "pose", "pose, R²"),
    ("geometry", "alignment", "alignment"),
    ("geometry", "uniformity", "uniformity"),
    ("geometry", "effective_rank", "effective rank"),
)
"""Figures of a piece: block, name, and head of the column."""
FROZEN = (
    *("probe:au-f1", "probe:au-auc", "probe:expression-accuracy", "neighbours:au-auc"),
    *("neighbours:expression-accuracy", "probe-in-wild:au-auc"),
)
"""What frozen features are asked of labels."""
UNSEEN = ("names", "descriptions", "both", "prototypes")
"""Ways in which unseen expressions are read."""
ELSEWHERE = ("labels-in-wild:au-auc", "finetune-in-wild:au-auc")
"""What readers taught on interview say in wild."""
OTHERS = (
    *ELSEWHERE,
    *(
        f"unseen-{way}{place}:{kind}"
        for kind in ("expression-accuracy", "expression-uar")
        for place in ("", "-in-wild")
        for way in UNSEEN
    ),
)
"""What some rows are asked besides."""


def tables(paper: Paper, pieces: Pieces, found: Sequence[Found]) -> list[Table]:
    """Every table of a paper's page."""
    names = [row.name for row in paper.rows if pieces.get(row.name)]
    asked = [*FROZEN, *(s for s in ELSEWHERE if any(level_of(n, s, pieces) for n in names))]
    return [
        _beside(paper, names, pieces),
        _claims(found),
        (
            "Asked of labels: frozen encoder, people never taught on (mean and 95 % interval)",
            ("row", *map(said, asked)),
            [(n, *(level_text(level_of(n, s, pieces)) for s in asked)) for n in names],
        ),
        (
            "Asked of what should not be there (mean ± standard deviation over seeds)",
            ("row", *(head for _, _, head in QUESTIONS)),
            [(n, *(_question(pieces[n], b, key) for b, key, _ in QUESTIONS)) for n in names],
        ),
        _few(names, pieces),
        *_watched(names, pieces),
        *_unseen(names, pieces),
    ]


def level_text(effect: Effect | None) -> str:
    """A mean with its interval."""
    if effect is None:
        return ""
    return f"{effect.value:.3f} [{effect.low:.3f}, {effect.high:.3f}]"


def _beside(paper: Paper, names: Sequence[str], pieces: Pieces) -> Table:
    heads = ["row"]
    columns = dict.fromkeys(column for column in paper.headline.values() if column)
    heads += [f"paper: {column}" for column in columns]
    heads += [f"ours: {said(score)}" for score in paper.headline]
    rows = []
    for name in names:
        published = paper.row(name).paper
        cells = [f"{published[c]:g}" if c in published else "" for c in columns]
        cells += [level_text(level_of(name, score, pieces)) for score in paper.headline]
        rows.append((name, *cells))
    return ("Rows beside the paper's numbers (ours: mean and 95 % interval)", heads, rows)


def _claims(found: Sequence[Found]) -> Table:
    header = (
        *("first minus second", "score", "paper", "expected", "found", "95 % interval", "p"),
        *("p, Holm", "smallest visible", "verdict"),
    )
    return ("Claims, paired over people and seeds", header, [_claim(each) for each in found])


def _claim(each: Found) -> tuple[str, ...]:
    claim, effect = each.claim, each.effect
    gap = "" if claim.paper is None else f"{claim.paper:+g} ({claim.column})"
    sign = {1: "+", -1: "-", 0: "unknown"}[claim.sign] + (" (ours)" if claim.ours else "")
    place = (f"{claim.first} minus {claim.second}", said(claim.score), gap, sign)
    if effect is None:
        return (*place, *[""] * 5, each.verdict)
    after = "" if each.verdict in {"within noise", "not run"} or each.survives else (
        ", not after correction"
    )  # fmt: skip
    return (
        *place, f"{effect.value:+.3f}", f"[{effect.low:+.3f}, {effect.high:+.3f}]",
        f"{effect.p:.3f}", f"{each.corrected:.3f}", f"{effect.visible:.3f}",
        each.verdict + after,
    )  # fmt: skip


def _question(pieces: Mapping[int, Any], block: str, key: str) -> str:
    return spread([piece.facts["questions"][block][key] for piece in pieces.values()])


def _few(names: Sequence[str], pieces: Pieces) -> Table:
    found = {
        name: [piece.facts["questions"]["few"] for piece in pieces[name].values()] for name in names
    }
    counts = sorted({int(count) for each in found.values() for some in each for count in some})
    rows = []
    for name in names:
        cells = []
        for count in counts:
            some = [each[str(count)] for each in found[name] if str(count) in each]
            cells.append(spread(some) if some else "")
        rows.append((name, *cells))
    header = ("row", *(f"{count} people" for count in counts))
    return ("Label efficiency: AU AUC of the probe by labelled people", header, rows)


def _watched(names: Sequence[str], pieces: Pieces) -> list[Table]:
    """What training watched itself, at its last step: attention, spread, heads that name."""
    found = {
        name: [piece.facts["questions"]["watched"] for piece in pieces[name].values()]
        for name in names
    }
    heads = [w for w in WATCHED if any(w in each for some in found.values() for each in some)]
    rows = []
    for name in names:
        several = [[each[head] for each in found[name] if head in each] for head in heads]
        if any(several):
            rows.append((name, *(spread(some) if some else "" for some in several)))
    caption = "Watched in training, last step (mean ± standard deviation over seeds)"
    return [(caption, ("row", *heads), rows)] if rows else []


def _unseen(names: Sequence[str], pieces: Pieces) -> list[Table]:
    """What was read of classes that no label taught, where anybody was asked."""
    asked = [name for name in names if any("unseen" in p.facts for p in pieces[name].values())]
    if not asked:
        return []
    found = []
    for kind in ("expression-accuracy", "expression-uar"):
        scores = [f"unseen-{way}{place}:{kind}" for place in ("", "-in-wild") for way in UNSEEN]
        rows = []
        for name in asked:
            facts = next(iter(pieces[name].values())).facts["unseen"]
            levels = [level_text(level_of(name, score, pieces)) for score in scores]
            rows.append((name, ", ".join(facts["classes"]), f"{facts['chance']:.3f}", *levels))
        header = ("row", "classes", "chance", *map(said, scores))
        found.append(("Read without labels: " + said(scores[0]).split(",")[0], header, rows))
    return found
