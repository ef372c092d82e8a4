"""The training loop, read from top to bottom: what happens in a run, in the order it happens."""

from collections.abc import Generator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from time import monotonic
from typing import Literal

import torch
from torch import Tensor

from mien.data.batch import Batch
from mien.data.loader import Loader
from mien.data.store import Store
from mien.engine import folder, optimise
from mien.engine.backward import backward
from mien.engine.counted import acquaint, counted
from mien.engine.heap import keep_freed_memory
from mien.engine.interruption import Interruption
from mien.engine.log import Diary
from mien.engine.plan import Length, RunData, length, prepare, refuse_leakage
from mien.engine.ranks import Ranks, agree, device_named, joined, mean_over_ranks
from mien.engine.reading import read, truth, validation_scores
from mien.engine.views import with_views
from mien.engine.watch import Watch
from mien.engine.work import Work, begin, finish, keep
from mien.errors import MienError
from mien.methods.method import PredictingModule, Step
from mien.recipes.run import Run


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a call of `train` ended."""

    status: Literal["finished", "stopped"]
    """A stopped run goes on when the same call is made again."""
    reason: str
    """"the end", "SIGINT", "SIGTERM" or "time limit"."""
    step: int
    """Optimiser steps taken so far."""
    steps: int
    """Optimiser steps of the whole run."""
    folder: Path
    """The run's folder."""
    seconds: float
    """Duration of this call."""

    @property
    def exit_code(self) -> int:
        """0 if finished, 1 if stopped and resumable (2 is an error the user can mend)."""
        return 0 if self.status == "finished" else 1


def train(
    run: Run,
    out: str | PathLike[str],
    *,
    store: str | PathLike[str],
    max_seconds: float | None = None,
    progress: bool = True,
    resume: bool = True,
    save_minutes: float = 5.0,
    device: str | None = None,
) -> Outcome:
    """Train a run to its end, or as far as time and signals allow; call again to go on.

    Under `torchrun` every process calls this with equal arguments. The results are those of one
    process on the same global batch, up to rounding.

    Args:
        run: the recipe.
        out: the run's folder; see `mien.engine.folder`.
        store: the store to train on.
        max_seconds: stop and save after this long.
        progress: show a bar on a terminal.
        resume: go on where the folder's run left off; False refuses a folder with a run in it.
        save_minutes: minutes between checkpoints; stopping and ending always save.
        device: where to compute; by default CUDA if there is any, else the CPU.

    Raises:
        MienError: recipe, store and folder do not fit; the disk is full; the loss is not finite.
    """
    started, out = monotonic(), Path(out)
    with (
        joined(device_named(device)) as ranks,
        Interruption(max_seconds=max_seconds) as interruption,
        closing(Store(store)) as opened,
    ):
        data = prepare(run, opened)
        span = length(run, data, ranks)
        if ranks.main:
            _open_folder(run, out, data, resume=resume)
        reason, step = "the end", span.steps
        if not agree([folder.is_finished(out)], ranks)[0]:
            if ranks.device.type == "cpu":
                keep_freed_memory()
            work = begin(counted(run, data.parts["train"]), out, ranks)
            if work.step == 0:
                acquaint(work.module, data.parts["train"])
            with Diary(
                out, step=work.step, steps=span.steps, progress=progress, writes=ranks.main
            ) as diary:
                reason = _loop(
                    run,
                    work,
                    out=out,
                    data=data,
                    span=span,
                    ranks=ranks,
                    interruption=interruption,
                    diary=diary,
                    save_minutes=save_minutes,
                )
            step = work.step
    return Outcome(
        status="finished" if step == span.steps else "stopped",
        reason=reason,
        step=step,
        steps=span.steps,
        folder=out,
        seconds=monotonic() - started,
    )


def _open_folder(run: Run, out: Path, data: RunData, *, resume: bool) -> None:
    """Open the run's folder, unless what it begins with was taught by people it is tested on."""
    before = None if run.init is None else folder.split_behind(Path(run.init))
    if run.init is not None and before is not None:
        refuse_leakage(data, before, source=run.init)
    folder.open_for(run, out, data.record(), resume=resume)


def _loop(
    run: Run,
    work: Work,
    *,
    out: Path,
    data: RunData,
    span: Length,
    ranks: Ranks,
    interruption: Interruption,
    diary: Diary,
    save_minutes: float,
) -> str:
    """Step after step until the end or an interruption; returns which."""
    loader = _loader(run, data, ranks)
    work.module.train()
    saved = seen = monotonic()
    on_cpu, healthy, reported = ranks.device.type == "cpu", None, work.step
    watch = Watch(speaks=ranks.main)
    with closing(_batches(loader, span, work.step)) as batches:
        for batch in batches:
            result, norm = _step(run, work, batch, span=span, ranks=ranks)
            healthy = _healthy(healthy, result, norm)
            ends_epoch = span.ends_epoch(work.step)
            writes = ends_epoch or work.step % run.log_every == 0
            if not (on_cpu or writes):
                continue  # a GPU is not asked after every step
            _refuse_divergence(healthy, work.step, ranks)
            if writes:
                pace = run.batch * (work.step - reported) / (monotonic() - seen)
                values = {**_values(result, norm, ranks), "images_per_second": pace}
                seen, reported = monotonic(), work.step
                diary.write(work.step, {"epoch": span.place(work.step - 1)[0], **values})
                watch.look(result.floors, values, step=work.step)
                diary.advance(work.step, values["loss"])
            if ends_epoch:
                _validate(run, work, data=data, span=span, ranks=ranks, diary=diary)
            late = monotonic() - saved > 60 * save_minutes
            stop, due = agree([interruption.reason is not None, late and ranks.main], ranks)
            if (stop or due) and work.step < span.steps:
                keep(out, work, ranks)
                saved = monotonic()
                if stop:
                    return interruption.reason or "another process was asked to stop"
    finish(out, work, ranks)
    return "the end"


def _step(run: Run, work: Work, batch: Batch, *, span: Length, ranks: Ranks) -> tuple[Step, Tensor]:
    """One optimiser step on this rank's batch; returns losses and the gradient's norm."""
    # Everything random in this step follows from its seed, so nothing need be remembered.
    torch.manual_seed(batch.seed ^ (ranks.rank + 1))
    whole = batch.to(ranks.device, non_blocking=True)
    parts = with_views(whole, run, ranks)

    optimise.set_rates(work.optimiser, run.optimiser, step=work.step, steps=span.steps)
    work.optimiser.zero_grad(set_to_none=True)
    result = backward(work.module, work.parallel, parts, whole, run=run, ranks=ranks)
    norm = optimise.clip(work.optimiser, run.optimiser.clip)
    work.optimiser.step()
    work.module.after_step(work.step)
    work.step += 1
    return result, norm


def _loader(run: Run, data: RunData, ranks: Ranks) -> Loader:
    """This rank's share of the training part, drawn as the recipe says."""
    return Loader(
        data.parts["train"],
        run.data.sampler,
        size=run.batch,
        seed=run.seed,
        rank=ranks.rank,
        world=ranks.size,
        edits=run.data.edits,
    )


def _batches(loader: Loader, span: Length, start: int) -> Generator[Batch]:
    step = start
    while step < span.steps:
        epoch, within = span.place(step)
        stop = min(span.per_epoch, within + span.steps - step)
        yield from loader.batches(epoch, start=within, stop=stop)
        step += stop - within


def _values(result: Step, norm: Tensor, ranks: Ranks) -> dict[str, float]:
    logs = {"loss": result.loss, "gradient_norm": norm, **result.logs}
    stacked = torch.stack([value.detach().float() for value in logs.values()])
    return dict(zip(logs, mean_over_ranks(stacked, ranks).tolist(), strict=True))


def _validate(
    run: Run, work: Work, *, data: RunData, span: Length, ranks: Ranks, diary: Diary
) -> None:
    """Score the epoch on validation subjects (rank 0; the others wait at the next vote)."""
    part = data.parts["validation"]
    if not (ranks.main and len(part) and isinstance(work.module, PredictingModule)):
        return
    known = truth(part)
    size = run.backbone.size
    # Other shapes than training's: compiling for them would cost more than it saves.
    eager = torch.compiler.set_stance("force_eager") if run.compile else nullcontext()
    with eager:
        found = read(work.module, data.store, known.rows, size=size, device=ranks.device)
    scores = validation_scores(found, known)
    epoch = span.place(work.step - 1)[0]
    work.selection.offer(work.module, scores, step=work.step, epoch=epoch)
    diary.write(work.step, {f"validation/{name}": value for name, value in scores.items()})


def _healthy(before: Tensor | None, result: Step, norm: Tensor) -> Tensor:
    """Whether every loss and gradient since the last look was finite, still on the device."""
    now = result.loss.detach().isfinite() & norm.isfinite()
    return now if before is None else before & now


def _refuse_divergence(healthy: Tensor, step: int, ranks: Ranks) -> None:
    if agree([not bool(healthy)], ranks)[0]:
        raise MienError(
            f"the loss or its gradient is not finite at step {step}; nothing of it was saved",
            remedy="lower the learning rates, lengthen the warm-up, or look for broken labels",
        )
