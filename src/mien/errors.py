"""The one error a user can cause: it names the file and the remedy."""

from os import PathLike, fspath


class MienError(Exception):
    """A problem the user can mend; the command line reports it and exits with code 2.

    Args:
        problem: what is wrong, in one sentence without a final full stop.
        remedy: what to do about it, as an instruction.
        path: the file or folder concerned, if there is one.
    """

    def __init__(
        self, problem: str, *, remedy: str | None = None, path: str | PathLike[str] | None = None
    ) -> None:
        self.problem = problem
        self.remedy = remedy
        self.path = None if path is None else fspath(path)
        super().__init__(str(self))

    def __str__(self) -> str:
        where = "" if self.path is None else f"{self.path}: "
        then = "" if self.remedy is None else f"\n  remedy: {self.remedy}"
        return f"{where}{self.problem}{then}"
