"""Who is named as ours, by made-up scores: the rule, its ties, and what stands beside it."""

import numpy as np
import pytest

from mien.bench.papers.ours import CANDIDATES, FURTHER, OURS
from mien.bench.papers.paper import Paper, Row
from mien.bench.trials.piece import Piece
from mien.bench.verdicts.ranking import ranking, ranking_figures, ranking_notes, ranking_table
from mien.errors import MienError


def paper(*names: str, candidates: tuple[str, ...]) -> Paper:
    rows = tuple(Row(name=name, recipe=name, part="talking") for name in names)
    return Paper(
        name="p", title="p", rows=rows, claims=(), headline={}, caveats=(), candidates=candidates
    )


def piece(skill: float, named: float, same: float) -> Piece:
    """Of 100 pictures with a unit and one without, the latter outscored by a share: the AUC."""
    says = np.arange(101, dtype=np.float32)[:, None]
    truth = np.ones((101, 1), np.float32)
    truth[round(100 * (1 - skill))] = 0.0
    readings = {"au": says, "au_true": truth, "subjects": np.repeat("p", 101)}
    asked = {"accuracy": named, "across_places": same}
    return Piece(facts={"questions": {"identity": asked}}, readings={"probe": readings})


def at(*seeds: tuple[float, float, float]) -> dict[int, Piece]:
    return {seed: piece(*three) for seed, three in enumerate(seeds)}


def test_the_score_is_skill_less_the_mean_leakage_in_standard_deviations():
    rows = {"a": at((0.6, 0.5, 0.9)), "b": at((0.7, 0.1, 0.7)), "c": at((0.8, 0.6, 0.8))}
    found = ranking(paper(*rows, candidates=("a", "b", "c")), rows)
    columns = np.array([[0.6, 0.5, 0.9], [0.7, 0.1, 0.7], [0.8, 0.6, 0.8]])
    z = (columns - columns.mean(0)) / columns.std(0)
    want = dict(zip("abc", z[:, 0] - (z[:, 1] + z[:, 2]) / 2, strict=True))
    got = {each.name: each.score for each in found.standings}
    assert got == pytest.approx(want)
    assert list(got) == sorted(want, key=lambda name: -want[name])
    assert found.named == max(want, key=lambda name: want[name])
    assert {each.name for each in found.standings if each.undominated} == {"b", "c"}


def test_candidates_alone_are_named_and_seeds_apart_are_told():
    rows = {
        "rival": at((0.9, 0.1, 0.6), (0.9, 0.1, 0.6)),
        "one": at((0.8, 0.2, 0.7), (0.6, 0.2, 0.7)),
        "two": at((0.7, 0.2, 0.7), (0.8, 0.2, 0.7)),
    }
    found = ranking(paper(*rows, candidates=("one", "two")), rows)
    assert found.named == "two"
    assert found.by_seed == {0: "one", 1: "two"}
    assert [each.undominated for each in found.standings] == [True, False, False]
    (said,) = ranking_notes(found)
    assert "Named as ours: two" in said
    assert "dominated by another row; higher scores, not candidates: rival." in said
    _, header, lines = ranking_table(found)
    assert [line[0] for line in lines] == ["rival", "two", "one"]
    assert [line[-1] for line in lines] == ["", "named", "yes"]
    assert {len(line) for line in lines} == {len(header)}
    assert ranking_figures(found)["rows"][1]["skill"] == pytest.approx((0.7, 0.8))


def test_seeds_that_some_row_has_not_do_not_count():
    rows = {"a": at((0.6, 0.5, 0.9), (0.9, 0.0, 0.5)), "b": at((0.7, 0.4, 0.8))}
    found = ranking(paper(*rows, "c", candidates=("a", "b", "c")), rows)
    assert found.seeds == (0,)
    assert found.named == "b"
    assert {each.name for each in found.standings} == {"a", "b"}


def test_equal_rows_go_by_the_table_and_nothing_names_nobody():
    rows = {"a": at((0.6, 0.5, 0.9)), "b": at((0.6, 0.5, 0.9))}
    found = ranking(paper("a", "b", candidates=("b", "a")), rows)
    assert found.named == "b"
    assert all(each.undominated and each.score == 0 for each in found.standings)
    for plan, some in (
        (paper("a", "b", candidates=("b",)), {"a": rows["a"]}),
        (paper("a", candidates=()), {}),
    ):
        empty = ranking(plan, some)
        assert empty.named is None
        assert "No candidate is named" in ranking_notes(empty)[0]


def test_an_undefined_score_takes_no_part():
    undefined = piece(0.5, 0.1, 0.5)
    undefined.readings["probe"]["au_true"][:] = 1.0
    rows = {"a": at((0.6, 0.5, 0.9)), "b": {0: undefined}}
    found = ranking(paper("a", "b", candidates=("a", "b")), rows)
    assert [each.name for each in found.standings] == ["a"]


def test_candidates_are_rows_and_face_every_rival():
    with pytest.raises(MienError, match="'b'"):
        paper("a", candidates=("b",))
    assert all(name.startswith("ours-") for name in OURS.candidates)
    assert {row.name for row in OURS.of("principal")} >= set(CANDIDATES)
    assert not {row.name for row in OURS.of("principal")} & set(FURTHER)
    for name in OURS.candidates:
        faced = {(c.second, c.score, c.sign) for c in OURS.claims if c.first == name}
        for rival in ("clp-simclr", "sslfer-e"):
            assert {(rival, "probe:au-auc", 1), (rival, "places:same-person-auc", -1)} <= faced
    assert all(claim.ours for claim in OURS.claims)
