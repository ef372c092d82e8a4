"""Child processes that train: forked from one server that has done the imports."""

import multiprocessing
import os
import signal
import sys
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["mien.engine.train", "torch._dynamo"])


def start(run, out, *, store, save_minutes=0.0, last=None, **environment) -> ForkServerProcess:
    """Begin to train in a child; its exit code is that of the outcome.

    Args:
        run: what to train.
        out: its folder.
        store: of the faces.
        save_minutes: between checkpoints; 0 saves after every step.
        last: the child kills itself as it is about to change the folder for the so-manieth time.
        environment: variables of the child.
    """
    arguments = (run, Path(out), Path(store), save_minutes, last, environment)
    child = _CONTEXT.Process(target=_train, args=arguments, daemon=True)
    child.start()
    return child


def _train(run, out, store, save_minutes, last, environment) -> None:
    import torch

    from mien.engine.train import train

    torch.set_num_threads(1)
    os.environ.update(environment)
    if last is not None:
        _die_at(last, str(out))
    outcome = train(run, out, store=store, save_minutes=save_minutes, progress=False, device="cpu")
    sys.exit(outcome.exit_code)


def _die_at(last, folder) -> None:
    """Kill this process at the `last`-th call that would make, rename or delete below a folder."""
    left = last

    def notice(event, given):
        nonlocal left
        if event == "open":
            path, _, flags = given
            changes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        else:
            path, changes = given[0] if given else "", event in _CHANGES
        if changes and str(path).startswith(folder):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(notice)


_CHANGES = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"})


def start_all(runs, out, *, store, meeting, rank, ranks) -> ForkServerProcess:
    """Train several runs, by name, as one rank of several that meet at a file."""
    arguments = (runs, Path(out), Path(store), Path(meeting), rank, ranks)
    child = _CONTEXT.Process(target=_train_all, args=arguments, daemon=True)
    child.start()
    return child


def _train_all(runs, out, store, meeting, rank, ranks) -> None:
    import torch
    from torch import distributed

    from mien.engine.train import train

    torch.set_num_threads(1)
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(ranks)}
    distributed.init_process_group(
        "gloo", init_method=meeting.as_uri(), rank=rank, world_size=ranks
    )
    for name, run in runs.items():
        train(run, out / name, store=store, progress=False, device="cpu")
    distributed.destroy_process_group()
