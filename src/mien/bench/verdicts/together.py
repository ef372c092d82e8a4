"""All rows of all papers on one plane: skill and leakage, written down as bench-all."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mien.bench.record import spread, write_record
from mien.bench.trials.piece import Piece
from mien.bench.trials.plan import Plan
from mien.bench.verdicts.record import CHANCE, methods_of, pieces_of, write_page
from mien.bench.verdicts.tables import QUESTIONS, Table
from mien.report.skill_leakage import Method


def record_all(plans: Sequence[Plan], folder: Path, *, command: str) -> Path:
    """Write bench-all as JSON, Markdown, a page and a figure: every method's skill and leakage."""
    found = _each_once({plan.paper.name: pieces_of(plan) for plan in plans})
    methods = [
        each
        for plan in plans
        for each in methods_of(plan.paper, found[plan.paper.name], group=plan.paper.name.upper())
    ]
    name = f"bench-all{plans[0].budget.suffix}"
    shown = _tables(methods, found)
    said = [
        (
            "Two pictures of one person, against pictures of two, in wild, where no two pictures "
            f"share a place or a light; chance is {CHANCE}. The pages of the papers hold their "
            "claims."
        ),
        (
            "CLEF's rows were taught on labels of the very people of interview; they are no fair "
            "rivals of the others here, which begin with the same weights."
        ),
    ]
    title = "Skill and leakage"
    write_page(folder, name, title=title, shown=shown, said=said, methods=methods)
    figures = {"methods": [vars(each) for each in methods], "chance": CHANCE}
    notes = [*said, f"Figure: [{name}.svg]({name}.svg)."]
    return write_record(
        folder, name, title=title, command=command, figures=figures, tables=shown, notes=notes
    )


def _each_once(
    found: Mapping[str, dict[str, dict[int, Piece]]],
) -> dict[str, dict[str, dict[int, Piece]]]:
    """A row that several papers have is the same run of the same recipe: the first keeps it."""
    seen: set[str] = set()
    kept = {}
    for paper, rows in found.items():
        kept[paper] = {name: seeds for name, seeds in rows.items() if name not in seen}
        seen |= rows.keys()
    return kept


def _tables(
    methods: Sequence[Method], found: Mapping[str, Mapping[str, Mapping[int, Piece]]]
) -> list[Table]:
    others = []
    for rows in found.values():
        for row, seeds in rows.items():
            asked = [piece.facts["questions"] for piece in seeds.values()]
            cells = [spread([each[block][key] for each in asked]) for block, key, _ in QUESTIONS]
            others.append((row, *cells))
    return [
        (
            "Every method: AU AUC of a linear probe, and same-person AUC across places",
            ("method", "paper", "AU AUC", "same-person AUC"),
            [(m.name, m.group, _ends(m.skill), _ends(m.leak)) for m in methods],
        ),
        (
            "What else was asked (mean ± standard deviation over seeds)",
            ("method", *(head for _, _, head in QUESTIONS)),
            others,
        ),
    ]


def _ends(value: tuple[float, float, float]) -> str:
    return f"{value[0]:.3f} [{value[1]:.3f}, {value[2]:.3f}]"
