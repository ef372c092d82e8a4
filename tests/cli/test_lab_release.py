"""`mien lab make lab-1` and `mien bench difficulty`: stopped, finished, and what they say."""

from mien.bench.difficulty.measure import Measured
from mien.cli.main import main
from mien.lab.corpus.release import Release, ReleasePart
from mien.lab.wild import Wild


def tiny(size):
    parts = tuple(
        ReleasePart(name=name, scenario=Wild(people=people), seed=0)
        for name, people in (("wild", 2), ("more", 1))
    )
    return Release(name="lab-0", size=size, pixels=24, parts=parts)


def test_a_release_is_made_part_by_part(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("mien.lab.lab_1.lab_1", tiny)
    words = ["lab", "make", "lab-1", "--size", "medium", "--out", str(tmp_path / "lab")]
    assert main([*words, "--max-seconds", "0"]) == 1
    assert "stopped at 0 of 3 frames" in capsys.readouterr().out
    assert main([*words, "--only", "more", "--jobs", "1"]) == 0
    assert f"{tmp_path / 'lab' / 'more'}: 1 frames, not frozen yet" in capsys.readouterr().out
    assert main([*words, "--jobs", "1"]) == 0
    assert "wild: 2 frames" in capsys.readouterr().out
    assert main([*words, "--only", "talking"]) == 2
    assert "no part 'talking'" in capsys.readouterr().err


def test_a_stopped_measurement_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    asked = {}

    def stopped(plan, **options):
        asked.update(options, seeds=plan.seeds, work=plan.work)
        return Measured(finished=False, figures={})

    monkeypatch.setattr("mien.bench.difficulty.measure.difficulty", stopped)
    words = ["bench", "difficulty", "--work", str(tmp_path), "--seeds", "2", "--max-seconds", "5"]
    assert main(words) == 1
    assert "run the same command again" in capsys.readouterr().out
    assert asked == {"jobs": 2, "max_seconds": 5.0, "seeds": 2, "work": tmp_path}
