"""A bar for long work; quiet where nobody watches, and until a first part of it is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def counter(words: str, total: int) -> Iterator[Callable[[int | float, int], None]]:
    """Show a bar on stderr while the block runs; the function it yields is told done and total.

    A total of 0 is not known, or not yet. What is all done when it is told of first, such as one
    photo, has no bar.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=console, disable=not console.is_terminal)
    task = bar.add_task(words, total=total or None)

    def tell(done: int | float, planned: int) -> None:
        bar.update(task, completed=done, total=planned or None)
        if done < planned or not planned:
            bar.start()

    try:
        yield tell
    finally:
        bar.stop()
