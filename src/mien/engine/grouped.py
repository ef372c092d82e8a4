"""Methods whose rows belong together in groups: do the run's batches bring them so?"""

from mien.data.neighbours import ClipNeighbours
from mien.data.windows import ClipWindows
from mien.errors import MienError
from mien.methods.clp import CLP
from mien.methods.time_contrast import TimeContrast
from mien.recipes.run import Run


def check_groups(run: Run, *, ranks: int) -> None:
    """See that batches are made of the groups that the method compares, whole on every rank.

    Args:
        run: the recipe.
        ranks: number of processes.

    Raises:
        MienError: another sampler or group than the method's, or groups cut by processes.
    """
    frames = _frames(run)
    if frames is not None and run.batch % (frames * ranks):
        raise MienError(
            f"a batch of {run.batch} does not divide into clips of {frames} for {ranks} processes",
            remedy=f"make the batch a multiple of {frames * ranks}",
        )


def check_memory(run: Run, *, steps: int) -> None:
    """See that a memory that has to be full before a loss begins is full before the run's end.

    Raises:
        MienError: it is not.
    """
    method = run.method
    if not isinstance(method, CLP) or method.reconstruction == "off":
        return
    faces = steps * run.batch // method.frames
    if faces <= method.memory:
        raise MienError(
            f"{run.name} remembers {faces} faces in {steps} steps, but reconstruction waits "
            f"for a memory of {method.memory}",
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
