"""A record of results says what, when, where and how, twice: for programs and for people."""

import json
import re

from mien import __version__
from mien.bench.record import circumstances, peak_memory, write_record

COMMAND = "mien bench nothing --out results"


def test_json_and_page(tmp_path):
    before = circumstances(COMMAND)
    page = write_record(
        tmp_path / "results",
        "nothing",
        title="Nothing",
        command=COMMAND,
        figures={"rows": [1.5, None]},
        tables=[("First", ("a", "b"), [("1", "2"), ("3", "4")])],
        notes=["A note."],
    )
    assert page == tmp_path / "results" / "nothing.md"
    assert {path.name for path in page.parent.iterdir()} == {"nothing.json", "nothing.md"}
    written = json.loads((page.parent / "nothing.json").read_text())
    assert written.pop("figures") == {"rows": [1.5, None]}
    assert written in (before, circumstances(COMMAND))  # midnight may fall between
    lines = page.read_text().splitlines()
    assert lines[0] == "# Nothing"
    assert lines[-8:] == [
        "**First**", "", "| a | b |", "| --- | --- |", "| 1 | 2 |", "| 3 | 4 |", "", "- A note."
    ]  # fmt: skip
    assert lines[lines.index("```bash") + 1] == COMMAND


def test_circumstances():
    found = circumstances(COMMAND)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["date"])
    assert found["mien"] == __version__
    assert re.match(r"\d+ cores, .+", found["machine"])
    assert all(found.values())


def test_a_copy_without_git_has_an_unknown_commit(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert circumstances(COMMAND)["commit"] == "unknown"


def test_peak_memory_sees_what_was_allocated():
    before = peak_memory()
    ballast = bytearray(int(max(before, 1) * 1e6))
    ballast[::4096] = b"\1" * len(ballast[::4096])
    assert peak_memory() > before
    assert 10 < before < 1e6
