"""Faces of several requests scored in one run of the network."""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.serve.problems import Refused

Arrays = Mapping[str, npt.NDArray[Any]]
"""Inputs or outputs of the network by name, each (faces, ...)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Asked:
    inputs: Arrays
    faces: int
    answer: Future[dict[str, npt.NDArray[Any]]] = field(default_factory=Future)


class Batcher:
    """Gathers faces from threads that call `score` and runs them together, on a thread of its own.

    A batch is closed when it holds `most` faces, when `seconds` have passed since its first, or
    when no other request is being read whose faces could still come.

    Args:
        run: the network: named arrays in, named arrays out, row by row.
        most: faces in a batch; a request with more is a batch by itself.
        seconds: how long the first face of a batch waits for others.
        waiting: requests that may wait; one more is refused.
        expected: how many requests are being read just now.
        told: called with the faces of each batch, for the metrics.
    """

    def __init__(
        self,
        run: Callable[[Arrays], Mapping[str, npt.NDArray[Any]]],
        *,
        most: int,
        seconds: float,
        waiting: int,
        expected: Callable[[], int],
        told: Callable[[int], None] | None = None,
    ) -> None:
        self._run = run
        self._most = most
        self._seconds = seconds
        self._expected = expected
        self._told = told
        self._waiting: queue.Queue[_Asked | None] = queue.Queue(waiting)
        self._left: _Asked | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="mien-batcher", daemon=True)
        self._thread.start()

    def score(self, inputs: Arrays, *, timeout: float = 30.0) -> dict[str, npt.NDArray[Any]]:
        """Outputs for the rows of `inputs`, which all have the same number of rows.

        Raises:
            Refused: too many requests wait (503), or the service stops.
            TimeoutError: no answer within `timeout` seconds.
        """
        asked = _Asked(inputs=inputs, faces=len(next(iter(inputs.values()))))
        if self._closed:
            raise _busy()
        try:
            self._waiting.put_nowait(asked)
        except queue.Full:
            raise _busy() from None
        return asked.answer.result(timeout)

    def close(self) -> None:
        """Answer what waits, then stop."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
            self._thread.join(timeout=30)

    def _work(self) -> None:
        while True:
            first = self._left or self._waiting.get()
            self._left = None
            if first is None:
                return
            batch, stop = self._gather(first)
            self._answer(batch)
            if stop:
                return

    def _gather(self, first: _Asked) -> tuple[list[_Asked], bool]:
        """A batch that begins with `first`, and whether to stop after it."""
        batch, faces = [first], first.faces
        until = time.monotonic() + self._seconds
        while faces < self._most:
            alone = len(batch) >= self._expected()
            try:
                asked = (
                    self._waiting.get_nowait()
                    if alone
                    else self._waiting.get(timeout=max(0.0, until - time.monotonic()))
                )
            except queue.Empty:
                break
            if asked is None:
                return batch, True
            if faces + asked.faces > self._most:
                self._left = asked
                break
            batch.append(asked)
            faces += asked.faces
        return batch, False

    def _answer(self, batch: list[_Asked]) -> None:
        try:
            names = list(batch[0].inputs)
            together = {name: np.concatenate([one.inputs[name] for one in batch]) for name in names}
            found = self._run(together)
        except BaseException as problem:  # noqa: BLE001 - whoever waits must be told
            for one in batch:
                one.answer.set_exception(problem)
            return
        start = 0
        for one in batch:
            end = start + one.faces
            one.answer.set_result({name: values[start:end] for name, values in found.items()})
            start = end
        if self._told is not None:
            self._told(start)


def _busy() -> Refused:
    return Refused(503, "too many photos are waiting", remedy="try again later", retry_after=1)
