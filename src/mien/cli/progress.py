"""A bar for long work; quiet where nobody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def counter(words: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while the block runs; the function it yields is told done and total."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as bar:
        task = bar.add_task(words, total=total)
        yield lambda done, planned: bar.update(task, completed=done, total=planned)
