"""The demo's comparison as a committed result: every run by seed, gaps, time and memory."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from mien.bench.demo.paired import differences
from mien.bench.demo.plan import Diary, Plan
from mien.bench.demo.whole import ROWS, Made
from mien.bench.record import peak_memory, spread, write_record
from mien.report.demo import SCORES, values_of, verdict

NAME: Final = "demo"
RIVALS: Final = ("image-only", "clef-no-stage1")


def record(plan: Plan, made: Made, folder: Path) -> Path:
    """Write demo.json and demo.md to a folder of results, and return the page."""
    diary = Diary(plan.out / "diary.json", print)
    paired = [each for seed in range(plan.seeds) for each in differences(plan, seed)]
    command = f"mien demo --seeds {plan.seeds} --out {plan.out.name}"
    return write_record(
        folder,
        NAME,
        title="The demo's comparison",
        command=command,
        figures={
            "rows": made.rows,
            "paired": paired,
            "seconds": {title: seconds for title, _, seconds in diary.steps},
            "peak_memory_mb": peak_memory(),
            "plan": {"subjects": plan.subjects, "frames": plan.frames, "size": plan.size},
        },
        tables=[
            ("Mean ± standard deviation over seeds", ("run", *SCORES.values()), _scores(made)),
            ("By seed", ("run", "seed", *SCORES.values()), _by_seed(made)),
            (
                "Paired differences on the same test subjects, 95 % intervals over subjects",
                ("clef minus", "seed", "score", "difference", "interval"),
                [_difference(each) for each in paired],
            ),
            ("Time", ("step", "seconds"), [(t, f"{s:.1f}") for t, _, s in diary.steps]),
        ],
        notes=[
            *(
                verdict(made.rows, second=rival, score=score)
                for rival in RIVALS
                for score in SCORES
            ),
            f"Peak memory of the largest process in the last call: {peak_memory():.0f} MB.",
            "The lab and the split are the same for all seeds; test subjects were seen by no run.",
        ],
    )


def _scores(made: Made) -> list[tuple[str, ...]]:
    def cell(name: str, score: str) -> str:
        return spread(list(values_of(made.rows, name, score).values()))

    return [(name, *(cell(name, score) for score in SCORES)) for name in ROWS]


def _difference(each: Mapping[str, Any]) -> tuple[str, ...]:
    interval = f"[{each['low']:+.3f}, {each['high']:+.3f}]"
    return (each["second"], str(each["seed"]), each["score"], f"{each['value']:+.3f}", interval)


def _by_seed(made: Made) -> list[tuple[str, ...]]:
    return [
        (str(row["name"]), str(row["seed"]), *(f"{row[score]:.3f}" for score in SCORES))
        for row in made.rows
    ]
