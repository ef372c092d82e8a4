"""One step's gradients: plainly, or by cached gradients where the batch comes in parts."""

import warnings
from collections.abc import Sequence
from functools import partial

from torch import nn
from torch.nn.modules.batchnorm import SyncBatchNorm
from torch.nn.parallel import DistributedDataParallel

from mien.data.batch import Batch
from mien.engine.cached import cached_backward
from mien.engine.precision import autocast
from mien.engine.ranks import Ranks, average_gradients
from mien.errors import MienError
from mien.methods.method import MethodModule, Step
from mien.models.backbone import live_batch_norm
from mien.recipes.run import Run


def refuse_live_batch_norm(module: nn.Module, run: Run, ranks: Ranks) -> None:
    """Live BatchNorm mixes rows, so neither micro-batches nor unsynchronised ranks are exact.

    Raises:
        MienError: the module has such layers and the run needs exactness they cannot give.
    """
    layers = live_batch_norm(module)
    if not layers:
        return
    remedy = "use a backbone with frozen batch norm or group norm"
    if run.accumulation > 1:
        raise MienError(
            f"{layers[0]} is a live BatchNorm; with accumulation {run.accumulation} "
            "the result would not be that of the whole batch",
            remedy=f"{remedy}, or set accumulation to 1",
        )
    if ranks.size > 1 and ranks.device.type == "cpu":
        raise MienError(
            f"{layers[0]} is a live BatchNorm; {ranks.size} CPU processes "
            "would not give the result of one",
            remedy=f"{remedy}, or train in one process",
        )


def parallelise(module: MethodModule, run: Run, ranks: Ranks) -> nn.Module:
    """What to call for a step in one piece: the module, or DistributedDataParallel around it.

    With micro-batches the module is called part by part and `backward` averages by itself.
    """
    if ranks.size == 1 or run.accumulation > 1:
        return module
    on_cuda = ranks.device.type == "cuda"
    body = SyncBatchNorm.convert_sync_batchnorm(module) if on_cuda else module
    devices = [ranks.device] if on_cuda else None
    with warnings.catch_warnings():
        # Its successor, forward_sync_buffers, is younger than the oldest torch we support.
        warnings.filterwarnings("ignore", message="`broadcast_buffers` is deprecated")
        return DistributedDataParallel(body, device_ids=devices, broadcast_buffers=False)


def backward(
    module: MethodModule,
    parallel: nn.Module,
    parts: Sequence[Batch],
    whole: Batch,
    *,
    run: Run,
    ranks: Ranks,
) -> Step:
    """Put the global batch's gradient into the module's parameters, equal on all ranks.

    Args:
        module: the method.
        parallel: what `parallelise` made of it.
        parts: this rank's micro-batches, in order, with views.
        whole: this rank's batch.
        run: number format.
        ranks: who takes part.
    """
    computing = partial(autocast, run.precision, ranks.device)
    if len(parts) == 1:
        with computing():
            step = parallel(parts[0])
        with warnings.catch_warnings():
            # Strides of axes of size 1: a different name for the same layout.
            warnings.filterwarnings("ignore", message="Grad strides do not match bucket view")
            step.loss.backward()
        return step
    step = cached_backward(module, parts, whole, computing=computing)
    average_gradients(module.parameters(), ranks)
    return step
