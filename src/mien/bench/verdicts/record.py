"""A paper's bench as committed results: JSON, Markdown, a page, and the headline figure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isnan
from pathlib import Path
from typing import Any

from mien import atomic
from mien.bench.papers.paper import Paper
from mien.bench.record import peak_memory, write_record
from mien.bench.trials.piece import read_piece
from mien.bench.trials.plan import Plan
from mien.bench.trials.run import there
from mien.bench.verdicts.compare import Found, Pieces, judge, level_of
from mien.bench.verdicts.ranking import ranking, ranking_figures, ranking_notes, ranking_table
from mien.bench.verdicts.scores import has
from mien.bench.verdicts.tables import FROZEN, OTHERS, Table, tables
from mien.report import page, skill_leakage
from mien.report.page import Block, Figure, Page, Section, Text

SKILL, LEAK = "probe:au-auc", "places:same-person-auc"
CHANCE = 0.5
"""Of telling one person from two."""
DRAWN = (
    "Intervals: draws of seeds, and of each seed's test people; p: two-sided, from the same draws, "
    "and by Holm over all claims of the paper. Smallest visible: what would have been seen four "
    "times in five at 5 %, uncorrected. Within noise: the interval holds 0."
)
SMOKED = "At the smoke budget nets are tiny and taught for seconds: nothing here says anything."


def pieces_of(plan: Plan) -> dict[str, dict[int, Any]]:
    """The finished pieces of a plan, by row and seed."""
    found: dict[str, dict[int, Any]] = {}
    for row, seed in plan.goals:
        if there(plan, row, seed):
            found.setdefault(row.name, {})[seed] = read_piece(plan.piece(row, seed))
    return found


def record(plan: Plan, folder: Path, *, command: str) -> Path:
    """Write NAME.json, .md, .html and .svg to a folder of results, and return the page."""
    paper, pieces = plan.paper, pieces_of(plan)
    found = judge(paper.claims, pieces)
    shown = every_table(paper, pieces, found)
    said = notes(plan, pieces, found)
    name = record_name(plan)
    write_page(folder, name, title=paper.title, shown=shown, said=said,
               methods=methods_of(paper, pieces))  # fmt: skip
    return write_record(
        folder,
        name,
        title=paper.title,
        command=command,
        figures=figures(plan, pieces, found),
        tables=shown,
        notes=[*said, f"Figure: [{name}.svg]({name}.svg)."],
    )


def every_table(paper: Paper, pieces: Pieces, found: Sequence[Found]) -> list[Table]:
    """All tables of a page; where there are candidates, their ranking first."""
    first = [ranking_table(ranking(paper, pieces))] if paper.candidates else []
    return [*first, *tables(paper, pieces, found)]


def record_name(plan: Plan) -> str:
    """Of the files: the paper's name, and what the budget differs in from `cpu`."""
    return f"bench-{plan.paper.name}{plan.budget.suffix}"


def figures(plan: Plan, pieces: Pieces, found: Sequence[Found]) -> dict[str, Any]:
    """Everything measured, for the JSON file; undefined numbers are left as null."""
    budget = plan.budget
    rows = {
        name: {
            "paper": dict(plan.paper.row(name).paper),
            "scores": {
                score: _effect(level_of(name, score, pieces))
                for score in dict.fromkeys((*plan.paper.headline, SKILL, LEAK, *FROZEN, *OTHERS))
                if any(has(piece, score) for piece in some.values())
            },
            "seeds": {str(seed): piece.facts for seed, piece in some.items()},
        }
        for name, some in pieces.items()
    }
    claims = [
        {
            **asdict(each.claim),
            "gaps": list(each.gaps),
            "effect": _effect(each.effect),
            "p_holm": None if isnan(each.corrected) else each.corrected,
            "sign_found": each.sign,
            "verdict": each.verdict,
        }
        for each in found
    ]
    settings = {
        "budget": budget.name, "release": budget.release.name, "size": budget.release.size,
        "pixels": budget.release.pixels, "seeds": list(plan.seeds),
        "learn_steps": budget.learn_steps, "read_steps": budget.read_steps, "batch": budget.batch,
    }  # fmt: skip
    told = {"plan": settings, "rows": rows, "claims": claims, "peak_memory_mb": peak_memory()}
    if plan.paper.candidates:
        told["ranking"] = ranking_figures(ranking(plan.paper, pieces))
    return told


def notes(plan: Plan, pieces: Pieces, found: Sequence[Found]) -> list[str]:
    """What the tables say, and what ours differs in."""
    paper, budget = plan.paper, plan.budget
    tried = [each for each in found if each.effect is not None]
    failed = [each for each in tried if each.verdict == "does not hold"]
    noise = [each for each in tried if each.verdict == "within noise"]
    held = sum(each.verdict == "holds" for each in tried)
    expected = sum(each.claim.sign != 0 for each in tried)
    said = [SMOKED] if budget.tiny else []
    if paper.candidates:
        said += ranking_notes(ranking(paper, pieces))
    said.append(
        f"Of {expected} expected signs {held} hold, {len(failed)} do not, and "
        f"{len([n for n in noise if n.claim.sign])} are within noise; {len(found) - len(tried)} "
        "claims were not run."
    )
    said += [f"Does not hold: {_words(each)}." for each in failed]
    seeds = sorted({seed for some in pieces.values() for seed in some})
    said.append(
        f"Budget {budget.name}: {budget.release.name} {budget.release.size}, encoders learn for "
        f"{budget.learn_steps} steps, readers for {budget.read_steps}, seeds "
        f"{', '.join(map(str, seeds)) or 'none'}; people are tested by a third, another third at "
        "each seed."
    )
    said += [*paper.caveats, DRAWN]
    return said


def methods_of(paper: Paper, pieces: Pieces, *, group: str = "") -> list[skill_leakage.Method]:
    """Every row on the plane of skill and leakage."""
    found = []
    for row in paper.rows:
        skill, leak = level_of(row.name, SKILL, pieces), level_of(row.name, LEAK, pieces)
        if skill is None or leak is None:
            continue
        found.append(
            skill_leakage.Method(
                name=row.name,
                group=group or paper.name.upper(),
                leak=(leak.value, leak.low, leak.high),
                skill=(skill.value, skill.low, skill.high),
            )
        )
    return found


def write_page(
    folder: Path,
    name: str,
    *,
    title: str,
    shown: Sequence[tuple[str, Sequence[str], Sequence[tuple[str, ...]]]],
    said: Sequence[str],
    methods: Sequence[skill_leakage.Method],
) -> None:
    """Write NAME.html and, with methods to draw, NAME.svg."""
    blocks: list[Block] = []
    if methods:
        atomic.write_text(folder / f"{name}.svg", skill_leakage.svg(methods, chance=CHANCE))
        blocks.append(
            Figure(
                figure=skill_leakage.figure(methods, chance=CHANCE),
                alt="Every method by how well it tells one person from two across places, and by "
                "the AU AUC of a linear probe.",
                caption="Up is better at units, left is better at not knowing who is shown; "
                "dotted: chance. Whiskers: 95 %.",
            )
        )
    blocks.append(Text(paragraphs=tuple(said), kind="note"))
    listed = [
        Section(title=caption, blocks=(page.Table(header=tuple(header), rows=tuple(rows),
                                                  caption=caption),))
        for caption, header, rows in shown
        if rows
    ]  # fmt: skip
    sections = (Section(title="Skill and leakage", blocks=tuple(blocks)), *listed)
    page.write(Page(title=title, sections=sections), folder / f"{name}.html")


def _effect(effect: object) -> dict[str, float | None] | None:
    if effect is None:
        return None
    found: Mapping[str, float] = vars(effect)
    return {key: None if isnan(value) else value for key, value in found.items()}


def _words(each: Found) -> str:
    assert each.effect is not None
    return (
        f"{each.claim.first} minus {each.claim.second}, {each.claim.score}: "
        f"{each.effect.value:+.3f} [{each.effect.low:+.3f}, {each.effect.high:+.3f}]"
    )
