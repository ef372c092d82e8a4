"""Statements' truth: a slow loop with three-valued logic agrees, and the words are sound."""

import itertools

import numpy as np
import torch

from mien.facs import EXPRESSIONS_8
from mien.facs.statements import TAUGHT, UNSEEN, Statement, Term
from mien.methods.truth import LOPSIDED, truths

AUS = (1, 2, 4, 12, 43)


def of_term(term: Term, row: dict, sides: dict) -> float | None:
    if term.unit not in row or np.isnan(row[term.unit]):
        return None
    if term.lopsided:
        left, right = sides[term.unit]
        return max(left, right) >= term.least and abs(left - right) >= LOPSIDED
    return term.least <= row[term.unit] < term.below


def slowly(statement: Statement, row: dict, sides: dict, expression: str) -> float:
    if statement.expression:
        return float("nan") if not expression else float(expression == statement.expression)
    ways = []
    for way in statement.ways:
        found = [of_term(term, row, sides) for term in way]
        ways.append(False if False in found else None if None in found else True)
    if True in ways:
        return 1.0
    return float("nan") if None in ways else 0.0


def test_truth_is_that_of_three_valued_logic(generator):
    rows = 60
    sided = generator.uniform(0, 5, (rows, len(AUS), 2)).astype(np.float32)
    sided[generator.random((rows, len(AUS))) < 0.5] *= 0.1
    whole = sided.max(axis=2)
    hidden = generator.random(whole.shape) < 0.2
    whole[hidden] = np.nan
    sided[hidden] = np.nan
    expression = generator.integers(-1, 8, rows)
    found = truths(
        (*TAUGHT, *UNSEEN),
        aus=AUS,
        expressions=EXPRESSIONS_8,
        intensity=torch.from_numpy(whole),
        sided=torch.from_numpy(sided),
        expression=torch.from_numpy(expression),
    ).numpy()
    for row, (column, statement) in itertools.product(range(rows), enumerate((*TAUGHT, *UNSEEN))):
        units = dict(zip(AUS, whole[row].tolist(), strict=True))
        units[45] = units[43]
        sides = dict(zip(AUS, sided[row].tolist(), strict=True))
        said = EXPRESSIONS_8[expression[row]] if expression[row] >= 0 else ""
        np.testing.assert_equal(found[row, column], slowly(statement, units, sides, said))


def test_shut_and_open_eyes_are_both_known_where_blinks_count_as_shut():
    chosen = [each for each in TAUGHT if each.name in {"AU43", "eyes open"}]
    assert [each.name for each in chosen] == ["AU43", "eyes open"]
    found = truths(
        chosen,
        aus=(5, 7, 43),
        expressions=(),
        intensity=torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.0, 4.0], [0.0, 0.0, torch.nan]]),
        sided=None,
        expression=torch.tensor([-1, -1, -1]),
    )
    assert found[0].tolist() == [0.0, 1.0]
    assert found[1].tolist() == [1.0, 0.0]
    assert found[2].isnan().all()
    apart = truths(
        chosen,
        aus=(43, 45),
        expressions=(),
        intensity=torch.tensor([[0.0, 4.0]]),
        sided=None,
        expression=torch.tensor([-1]),
    )
    assert apart[0].tolist() == [1.0, 0.0]


def test_without_sides_only_lopsided_statements_are_unknown():
    whole = torch.full((1, len(AUS)), 3.0)
    found = truths(
        TAUGHT,
        aus=AUS,
        expressions=(),
        intensity=whole,
        sided=None,
        expression=torch.tensor([-1]),
    )[0]
    named = {each.name: float(value) for each, value in zip(TAUGHT, found, strict=True)}
    assert np.isnan(named["one brow raised"])
    assert np.isnan(named["happiness"])
    assert named["brows raised"] == 1.0
    assert named["brows at rest"] == 0.0


def test_wordings_are_unique_and_held_ones_are_never_taught():
    taught = [said for each in TAUGHT for said in each.wordings]
    held = [said for each in (*TAUGHT, *UNSEEN) for said in each.held]
    assert len(set(taught + held)) == len(taught + held)
    assert all(len(each.wordings) >= 3 and len(each.held) == 2 for each in TAUGHT)
    assert all(not each.wordings and each.held for each in UNSEEN)
    names = [each.name for each in (*TAUGHT, *UNSEEN)]
    assert len(set(names)) == len(names)
    assert all(bool(each.ways) != bool(each.expression) for each in (*TAUGHT, *UNSEEN))
