"""A step's views: drawn for the global batch, made for this rank, part by part."""

from mien.data.batch import Batch
from mien.data.loader import step_generator
from mien.data.samplers import rank_slice
from mien.data.views import apply
from mien.engine.ranks import Ranks
from mien.recipes.run import Run


def with_views(batch: Batch, run: Run, ranks: Ranks) -> list[Batch]:
    """This rank's batch as `run.accumulation` micro-batches, each with its views.

    The choices follow from the step's seed for the whole global batch, so they do not depend on
    how many ranks and micro-batches share it.
    """
    method, rows = run.method, len(batch) * ranks.size
    drawn = method.draw(rows, generator=step_generator(batch))
    mine = drawn.rows(rank_slice(rows, rank=ranks.rank, world=ranks.size))
    parts = []
    for number in range(run.accumulation):
        some = rank_slice(len(batch), rank=number, world=run.accumulation)
        part = batch.rows(some)
        here = mine.rows(some)
        views = apply(part.images, here, run.backbone.size)
        parts.append(part.with_views(views, flipped=here.flip[:, 0]))
    return parts
