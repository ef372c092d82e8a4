"""How an answer that is the last on its connection ends it."""

import asyncio
from collections.abc import Callable


class Parting:
    """A transport as an answer uses it, whose end is left to another.

    Who closes while the other side still sends resets the connection, and the answer may be lost
    with it: a refusal of an upload would be told as a broken line.

    Args:
        transport: what it stands for.
        close: ends the connection.
    """

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self._transport = transport
        self.close = close
        """Called when nothing more is to be written."""

    def write(self, data: bytes) -> None:
        """Write."""
        self._transport.write(data)

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self._transport.is_closing()
