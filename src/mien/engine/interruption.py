"""When to stop early: Ctrl-C, a scheduler's SIGTERM, or a time limit."""

import signal
import threading
from time import monotonic
from types import FrameType, TracebackType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Notices a request to stop, so that the loop can finish its step, save and leave.

    A second Ctrl-C acts as usual. Outside the main thread signals are left alone.

    Args:
        max_seconds: time limit from the moment of creation, or None.
    """

    def __init__(self, *, max_seconds: float | None) -> None:
        self._end = None if max_seconds is None else monotonic() + max_seconds
        self._signal: str | None = None
        self._previous: dict[signal.Signals, signal._HANDLER] = {}

    @property
    def reason(self) -> str | None:
        """Why to stop: a signal's name or "time limit"; None to go on."""
        if self._signal is None and self._end is not None and monotonic() >= self._end:
            return "time limit"
        return self._signal

    def __enter__(self) -> "Interruption":
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._previous[number] = signal.getsignal(number)
                signal.signal(number, self._notice)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._give_back()

    def _notice(self, number: int, _frame: FrameType | None) -> None:
        self._signal = signal.Signals(number).name
        self._give_back()

    def _give_back(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
