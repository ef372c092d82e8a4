"""The list of claims: what the records say, what was tried, and that the page is kept up."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from mien.bench.papers.catalogue import PAPERS, STUDIES
from mien.bench.papers.paper import Claim
from mien.bench.verdicts.claims import claims_on_record, read_tried, tables, write_claims
from mien.cli.main import main
from mien.errors import MienError

RESULTS = Path(__file__).parents[3] / "docs" / "results"


def claim(verdict: str, *, sign: int = 1, ours: bool = False) -> dict[str, object]:
    run = verdict != "not run"
    effect = {"value": -0.04, "low": -0.07, "high": 0.01, "p": 0.03, "visible": 0.052}
    told = Claim(
        first="clp-full", second="clp-simclr", score="probe:au-f1", sign=sign,
        paper=None if ours else 12.6, column="" if ours else "BP4D F1", ours=ours,
    )  # fmt: skip
    return {
        **asdict(told), "gaps": [], "verdict": verdict, "sign_found": -1,
        "effect": effect if run else None, "p_holm": 0.25 if run else None,
    }  # fmt: skip


def record(folder: Path, name: str, *claims: dict[str, object], budget: str = "cpu") -> None:
    figures = {"plan": {"budget": budget, "seeds": [0, 1]}, "claims": list(claims)}
    told = {"command": "mien bench it", "commit": "abc", "date": "2026-01-01", "figures": figures}
    (folder / f"{name}.json").write_text(json.dumps(told))


def test_only_what_did_not_hold_is_listed(tmp_path):
    record(
        tmp_path, "bench-one", claim("holds"), claim("does not hold"), claim("within noise"),
        claim("within noise", sign=0), claim("below", sign=0), claim("not run"),
        claim("within noise", ours=True),
    )  # fmt: skip
    record(tmp_path, "bench-two-smoke", claim("does not hold"), budget="smoke")
    (tmp_path / "bench-all.json").write_text(json.dumps({"figures": {"methods": []}}))
    counts, failed, noise, holds = tables(claims_on_record(tmp_path))
    assert counts[2] == [("[bench-one](bench-one.md)", "1", "1", "3", "0", "1", "1", "2", "abc")]
    assert failed[0] == "Does not hold: 1 of 4 that were run"
    assert failed[2] == [
        (
            "clp-full minus clp-simclr", "AU F1, linear probe", "+ (+12.6, BP4D F1)",
            "-0.040 [-0.070, +0.010]", "0.250", "0.052", "nothing yet",
        )
    ]  # fmt: skip
    assert [row[2] for row in noise[2]] == ["+ (+12.6, BP4D F1)", "+ (ours)"]
    assert holds[0] == "Holds: 1 of 4 that were run"
    assert [row[-1] for row in holds[2]] == [""]


def test_what_was_tried_has_a_number_beside_its_claim_and_is_told_once(tmp_path):
    record(tmp_path, "bench-one", claim("does not hold"), claim("within noise"))
    rows = {"first": "clp-full", "second": "clp-simclr"}
    notes = [
        {**rows, "tried": "More steps."},
        {**rows, "score": "probe:au-auc", "tried": "Another score."},
        {"first": "clp-full", "second": "clp-moco", "tried": "Other rows."},
    ]
    (tmp_path / "tried.json").write_text(json.dumps(notes))
    _, failed, noise, _, tried = tables(claims_on_record(tmp_path))
    assert [row[-1] for row in failed[2]] == [row[-1] for row in noise[2]] == ["1"]
    assert tried[2] == [("1", "More steps.")]


def test_the_command_writes_the_page(tmp_path, capsys):
    record(tmp_path, "bench-one", claim("does not hold"))
    assert main(["bench", "claims", "--out", str(tmp_path)]) == 0
    assert "Does not hold: 1 of 1" in capsys.readouterr().out
    assert "clp-full minus clp-simclr" in (tmp_path / "claims.md").read_text()
    again = json.loads((tmp_path / "claims.json").read_text())["figures"]
    assert write_claims(tmp_path).name == "claims.md"
    assert again == claims_on_record(tmp_path)  # its own files are no records


def test_damage_is_named(tmp_path, capsys):
    with pytest.raises(MienError, match="no record of claims"):
        claims_on_record(tmp_path)
    assert main(["bench", "claims", "--out", str(tmp_path)]) == 2
    assert "remedy" in capsys.readouterr().err
    record(tmp_path, "bench-one", claim("holds"))
    (tmp_path / "tried.json").write_text('[{"first": "a"}]')
    with pytest.raises(MienError, match="no list of what was tried"):
        claims_on_record(tmp_path)
    (tmp_path / "tried.json").write_text("[{")
    with pytest.raises(MienError, match="cannot be read"):
        claims_on_record(tmp_path)


def test_the_committed_page_is_what_the_records_say():
    """If this fails: mien bench claims --out docs/results."""
    kept = json.loads((RESULTS / "claims.json").read_text())["figures"]
    assert kept == claims_on_record(RESULTS)


def test_what_was_tried_concerns_claims_that_exist():
    listed = (*PAPERS.values(), *STUDIES.values())
    claims = [asdict(each) for paper in listed for each in paper.claims]
    for note in read_tried(RESULTS):
        assert any(note.concerns(each) for each in claims), note
