"""Methods whose rows belong together in groups: do the run's batches bring them so?"""

from mien.data.neighbours import ClipNeighbours
from mien.data.windows import ClipWindows
from mien.errors import MienError
from mien.methods.clp import CLP
from mien.methods.time_contrast import TimeContrast
from mien.recipes.run import Run


def check_groups(run: Run, *, steps: int, ranks: int) -> None:
    """See that batches are made of the groups that the method compares, whole on every rank.

    Args:
        run: the recipe.
        steps: optimiser steps of the run.
        ranks: number of processes.

    Raises:
        MienError: another sampler or group than the method's; groups cut by processes; or a
            memory that the run never fills, so that a loss would never begin.
    """
    frames = _frames(run)
    if frames is None:
        return
    if run.batch % (frames * ranks):
        raise MienError(
            f"a batch of {run.batch} does not divide into clips of {frames} for {ranks} processes",
            remedy=f"make the batch a multiple of {frames * ranks}",
        )
    if isinstance(run.method, CLP) and run.method.reconstruction != "off":
        faces = steps * run.batch // frames
        if faces <= run.method.memory:
            raise MienError(
                f"{run.name} remembers {faces} faces in {steps} steps, but reconstruction waits "
                f"for a memory of {run.method.memory}",
                remedy="make method.memory smaller, or the run longer",
            )


def _frames(run: Run) -> int | None:
    """Rows of a group, or None if every row stands for itself."""
    method, sampler = run.method, run.data.sampler
    if isinstance(method, CLP):
        if not isinstance(sampler, ClipWindows) or sampler.frames != method.frames:
            raise MienError(
                f"{run.name} compares windows of {method.frames} frames, "
                f"but its batches are made by {sampler}",
                remedy=f"set data.sampler to ClipWindows(frames={method.frames})",
            )
        return method.frames
    if isinstance(method, TimeContrast):
        if not isinstance(sampler, ClipNeighbours) or sampler.frames != 2:
            raise MienError(
                f"{run.name} compares pairs of frames, but its batches are made by {sampler}",
                remedy="set data.sampler to ClipNeighbours(frames=2)",
            )
        return 2
    return None
