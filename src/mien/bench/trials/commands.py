"""A plan as commands for machines of ten minutes: one for every row and seed."""

from collections.abc import Sequence
from pathlib import Path

from mien.bench.trials.plan import Plan


def commands(plans: Sequence[Plan], *, folder: Path) -> list[str]:
    """A command for every row and seed, each of minutes, that renders what it needs where it runs.

    Their pieces (`pieces` in the folder) are what to keep: gathered in one folder, the same bench
    without `--rows` finds them there and writes its record.
    """
    return [
        f"mien bench {plan.paper.name} --budget {plan.budget.name} --work {folder} "
        + (f"--learn-steps {plan.budget.learn_steps} " if plan.budget.longer else "")
        + f"--rows {row.name} --seeds {seed} --jobs 16 --max-seconds 540"
        for plan in plans
        for row, seed in plan.goals
    ]
