"""What the benchmarks' commands share: tables on the screen, and a record when asked for."""

import shlex
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path

from mien.cli.command import Command

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""Caption, header and rows, as `mien.bench.record.write_record` takes them."""


def print_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in columns."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    print(f"\n{caption}")
    for cells in (header, *rows):
        print("  " + "  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)).rstrip())


def finish(
    command: Command,
    name: str,
    *,
    title: str,
    out: Path | None,
    figures: dict[str, object],
    tables: Sequence[Table],
    notes: Sequence[str],
    record: str | None = None,
) -> None:
    """Print the tables; with `out`, a folder, leave the record there, named `record` or `name`."""
    for each in tables:
        print_table(*each)
    memory = f"Peak memory of the largest process: {figures['peak_memory_mb']:.0f} MB."
    print(f"\n{memory}")
    if out is not None:
        from mien.bench.record import write_record

        page = write_record(
            out,
            record or name,
            title=title,
            command=typed(command, name),
            figures=figures,
            tables=tables,
            notes=[*notes, memory],
        )
        print(page)


def typed(command: Command, name: str, *, without: Sequence[str] = ()) -> str:
    """The command as one would type it: options that differ from the defaults, `without` some."""
    words = ["mien", "bench", name]
    assert is_dataclass(command)
    for field in fields(command):
        option, value = field.name.replace("_", "-"), getattr(command, field.name)
        if value != field.default and field.name not in without:
            values = value if isinstance(value, tuple) else (value,)
            words += [f"--{option}", *map(str, values)]
    return shlex.join(words)
