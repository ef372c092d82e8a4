"""How long a bench may take, and who is told what happens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

Tell = Callable[[str], None]
"""Told what happens, line by line."""


class OutOfTime(Exception):  # noqa: N818  it is no error: the same call goes on
    """The time allowed is over; what is finished is kept."""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """How long there is, and who is told."""

    until: float | None
    """In `monotonic` seconds; None for no limit."""
    tell: Tell

    def left(self) -> float | None:
        """Seconds left; None for no limit.

        Raises:
            OutOfTime: none are.
        """
        if self.until is None:
            return None
        seconds = self.until - monotonic()
        if seconds <= 0.0:
            raise OutOfTime
        return seconds

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Time a block and say so."""
        self.left()
        began = monotonic()
        yield
        self.tell(f"{title}: {monotonic() - began:.1f} s")
