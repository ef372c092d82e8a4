"""Child processes that train: forked from one server that has done the imports."""

import multiprocessing
import os
import sys
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["mien.engine.train", "torch._dynamo"])


def start(run, out, *, store, save_minutes=0.0, **environment) -> ForkServerProcess:
    """Begin to train in a child; its exit code is that of the outcome."""
    arguments = (run, Path(out), Path(store), save_minutes, environment)
    child = _CONTEXT.Process(target=_train, args=arguments, daemon=True)
    child.start()
    return child


def _train(run, out, store, save_minutes, environment) -> None:
    import torch

    from mien.engine.train import train

    torch.set_num_threads(1)
    os.environ.update(environment)
    outcome = train(run, out, store=store, save_minutes=save_minutes, progress=False, device="cpu")
    sys.exit(outcome.exit_code)


def start_all(runs, out, *, store, **environment) -> ForkServerProcess:
    """Train several runs, by name, as one of the ranks that `environment` describes."""
    child = _CONTEXT.Process(
        target=_train_all, args=(runs, Path(out), Path(store), environment), daemon=True
    )
    child.start()
    return child


def _train_all(runs, out, store, environment) -> None:
    import torch
    from torch import distributed

    from mien.engine.train import train

    torch.set_num_threads(1)
    os.environ.update(environment)
    distributed.init_process_group("gloo")
    for name, run in runs.items():
        train(run, out / name, store=store, progress=False, device="cpu")
    distributed.destroy_process_group()
