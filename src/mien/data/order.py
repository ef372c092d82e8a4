"""The order people expect of names: numbers by value, so that frame 10 follows frame 9."""

import re

_RUNS = re.compile(r"(\d+)")


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key: runs of digits compare as numbers, the rest as text."""
    parts = _RUNS.split(name)
    return tuple(
        (1, int(part), part) if part.isdecimal() else (0, 0, part) for part in parts if part
    )
