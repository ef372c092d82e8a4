"""Items made ahead of their use, in a thread of their own, a few at most."""

import queue
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
_PATIENCE = 0.1
"""Seconds between looks at whether anybody still listens."""


@dataclass(frozen=True)
class _End:
    """The last thing in the queue, with what went wrong."""

    problem: BaseException | None


class _Maker(threading.Thread, Generic[Item]):
    """Runs an iterator and hands on what it gives, until told to stop."""

    def __init__(self, items: Iterator[Item], depth: int) -> None:
        super().__init__(daemon=True, name="mien-ahead")
        self._items = items
        self.made: queue.Queue[Item | _End] = queue.Queue(maxsize=depth)
        self.stop = threading.Event()

    def run(self) -> None:
        problem: BaseException | None = None
        try:
            for item in self._items:
                if not self._hand(item):
                    break
        except BaseException as raised:  # noqa: BLE001 - it is raised again where the items are used
            problem = raised
        close = getattr(self._items, "close", None)
        if close is not None:
            close()
        self._hand(_End(problem))

    def _hand(self, item: Item | _End) -> bool:
        """Whether somebody will take it."""
        while not self.stop.is_set():
            try:
                self.made.put(item, timeout=_PATIENCE)
            except queue.Full:
                continue
            return True
        return False


def ahead(items: Iterator[Item], *, depth: int) -> Generator[Item, None, None]:
    """The same items, of which up to `depth` (and one in the making) are made before they are used.

    What the iterator raises is raised here, after the items before it. When this generator is
    closed, the thread ends and closes the iterator. With a `depth` of 0 nothing is made ahead.
    """
    if depth == 0:
        yield from items
        return
    maker = _Maker(items, depth)
    maker.start()
    try:
        while True:
            item = maker.made.get()
            if isinstance(item, _End):
                if item.problem is not None:
                    raise item.problem
                return
            yield item
    finally:
        maker.stop.set()
        maker.join()
