"""Numbers of things that a user names: at least one."""

from mien.errors import MienError


def at_least_one(**counts: int | None) -> None:
    """See that each of these, where it is given, is 1 or more.

    Raises:
        MienError: one is not; it is called by its name here.
    """
    for name, value in counts.items():
        if value is not None and value < 1:
            raise MienError(f"{name} is {value}", remedy="give a number of 1 or more")
