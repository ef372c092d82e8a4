"""The smoke budget as it is typed: every paper, no assets, minutes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mien.bench.papers.catalogue import PAPERS


@pytest.mark.timeout(1200)  # by the clock of a busy machine
def test_all_papers_run_in_minutes_without_assets(tmp_path):
    out = tmp_path / "results"
    words = ["bench", "all", "--budget", "smoke", "--jobs", "1"]
    words += ["--work", str(tmp_path / "work"), "--out", str(out)]
    empty = {"MIEN_CACHE": str(tmp_path / "no-assets"), "OMP_NUM_THREADS": "1"}
    subprocess.run(
        [Path(sys.executable).parent / "mien", *words], env=os.environ | empty, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    names = {f"bench-{name}-smoke" for name in (*PAPERS, "all")}
    endings = ("html", "json", "md", "svg")
    assert {each.name for each in out.iterdir()} == {f"{n}.{e}" for n in names for e in endings}
    assert not (tmp_path / "no-assets").exists()
