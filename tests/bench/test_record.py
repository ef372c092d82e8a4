"""A record of results says what, when, where and how, twice: for programs and for people."""

import json
import re
import subprocess

from mien import __version__
from mien.bench.record import circumstances, commit_of, peak_memory, write_record

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


def test_a_commit_is_dirty_by_code_and_not_by_records(tmp_path):
    def git(*words):
        who = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    for name in ("docs/results/a.md", "src/a.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("1")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    clean = commit_of(tmp_path / "src")
    assert re.fullmatch(r"[0-9a-f]{7,40}", clean)
    (tmp_path / "docs" / "results" / "a.md").write_text("2")
    (tmp_path / "untracked").write_text("2")
    assert commit_of(tmp_path / "src") == clean
    (tmp_path / "src" / "a.py").write_text("2")
    assert commit_of(tmp_path / "src") == commit_of(tmp_path) == f"{clean}-dirty"


def test_a_copy_without_git_has_an_unknown_commit(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert circumstances(COMMAND)["commit"] == "unknown"


def test_peak_memory_sees_what_was_allocated():
    before = peak_memory()
    ballast = bytearray(int(max(before, 1) * 1e6))
    ballast[::4096] = b"\1" * len(ballast[::4096])
    assert peak_memory() > before
    assert 10 < before < 1e6
