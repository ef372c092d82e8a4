"""A list of your own images and labels, as CSV or Parquet, checked line by line."""

import csv
import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from mien.data.cells import Cell, parser
from mien.data.ingest import Item
from mien.data.order import natural
from mien.data.schema import LABEL_COLUMNS
from mien.errors import MienError
from mien.facs import EXPRESSIONS_8

REQUIRED: Final = ("path", "subject", "clip", "frame", "split")
"""Columns that a list must have; cells but `path` may be empty, which means unknown."""

_OPTIONAL: Final = tuple(
    name for name in LABEL_COLUMNS if name not in REQUIRED and name not in ("landmarks", "source")
)
_SHOWN: Final = 12

_Row = tuple[int, Mapping[str, Cell]]


class _Problem(NamedTuple):
    line: int
    what: str


def read_listing(
    path: str | PathLike[str],
    *,
    root: str | PathLike[str] | None = None,
    expressions: Sequence[str] = EXPRESSIONS_8,
) -> list[Item]:
    """Read and check a list; see docs/own-data.md for its columns.

    Args:
        path: a CSV file (UTF-8, with a header) or a Parquet file.
        root: folder that the image paths start from and may not leave; by default the list's.
        expressions: the names that the column `expression` may hold.

    Returns:
        Items sorted by subject, clip and frame; `sample_id` and `source` are the path as given.

    Raises:
        MienError: the file is not such a list, or some of its lines are wrong; the message
            gives the numbers of the lines (Parquet: of the rows, from 1) and what is wrong.
    """
    file = Path(path)
    base = (file.parent if root is None else Path(root)).resolve()
    names, rows = _read(file)
    _check_columns(names, file)
    parsers = {name: parser(name, expressions=expressions) for name in names if name != "path"}
    items: list[Item] = []
    problems: list[_Problem] = []
    for line, cells in rows:
        labels, wrong = _labels(cells, parsers)
        image, why = _image(cells["path"], base)
        given = str(cells["path"])
        problems += [_Problem(line, what) for what in (*wrong, *why)]
        items.append(Item(path=image, labels={"sample_id": given, "source": given, **labels}))
        if len(problems) > 1000:
            break
    lines = [line for line, _ in rows]
    problems += _across(items, lines)
    if problems:
        raise _report(sorted(set(problems)), file)
    if not items:
        raise MienError("the list has no rows", remedy="add one row for each image", path=file)
    return sorted(items, key=_place)


def _place(item: Item) -> tuple[Any, ...]:
    labels = item.labels
    subject, clip = str(labels.get("subject") or ""), str(labels.get("clip") or "")
    frame = labels.get("frame")
    return natural(subject), natural(clip), -1 if frame is None else frame, natural(str(item.path))


def _read(file: Path) -> tuple[list[str], list[_Row]]:
    """Column names, and rows by line number."""
    try:
        if file.suffix.lower() == ".parquet":
            table = pq.read_table(file)
            return table.column_names, list(enumerate(table.to_pylist(), 1))
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            names = [name.strip() for name in next(reader, [])]
            return names, list(_csv_rows(reader, names, file))
    except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException) as error:
        why = error.strerror if isinstance(error, OSError) else None
        raise MienError(
            f"the list cannot be read ({why or error})",
            remedy="give a CSV file in UTF-8 with a header, or a Parquet file",
            path=file,
        ) from error


def _csv_rows(reader: Any, names: list[str], file: Path) -> Iterator[_Row]:  # noqa: ANN401
    for cells in reader:
        if not cells:
            continue
        if len(cells) != len(names):
            raise MienError(
                f"line {reader.line_num} has {len(cells)} cells, the header {len(names)}",
                remedy="check commas and quotes in this line",
                path=file,
            )
        yield reader.line_num, dict(zip(names, (cell.strip() for cell in cells), strict=True))


def _check_columns(names: list[str], file: Path) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise MienError(
            f"the list has no column {', '.join(missing)}",
            remedy=f"the header must name {', '.join(REQUIRED)}; cells may be empty",
            path=file,
        )
    allowed = {*REQUIRED, *_OPTIONAL}
    for name in names:
        if name not in allowed:
            close = difflib.get_close_matches(name, sorted(allowed), n=1)
            hint = f"did you mean {close[0]!r}? If not, " if close else ""
            raise MienError(
                f"column {name!r} is not known",
                remedy=f"{hint}remove it (docs/own-data.md lists the columns)",
                path=file,
            )
        if names.count(name) > 1:
            raise MienError(f"column {name!r} occurs twice", remedy="remove one", path=file)


def _labels(
    cells: Mapping[str, Cell], parsers: Mapping[str, Callable[[Cell], Any]]
) -> tuple[dict[str, Any], list[str]]:
    labels: dict[str, Any] = {}
    wrong: list[str] = []
    for name, parse in parsers.items():
        try:
            labels[name] = parse(cells[name])
        except ValueError as error:
            wrong.append(f"{name} {error}")
    return labels, wrong


def _image(cell: Cell, base: Path) -> tuple[Path, list[str]]:
    """The image's place, which must lie under `base`, links followed."""
    given = "" if cell is None else str(cell)
    if not given or "\0" in given:
        return base, ["path is empty" if not given else "path has a zero byte"]
    path = (base / given).resolve()
    if not path.is_relative_to(base):
        return path, [f"path {given!r} leads out of {base} (move the list, or name another root)"]
    if not path.is_file():
        return path, [f"path {given!r}: there is no such file"]
    return path, []


def _across(items: list[Item], lines: list[int]) -> Iterator[_Problem]:
    """What only shows between lines: an image listed twice, a subject in two splits."""
    seen: dict[Path, int] = {}
    split_of: dict[str, tuple[str, int]] = {}
    for item, line in zip(items, lines, strict=False):
        first = seen.setdefault(item.path, line)
        if first != line and item.path.is_file():
            yield _Problem(
                line, f"path {item.labels['source']!r} is listed in line {first} already"
            )
        subject, split = item.labels.get("subject"), item.labels.get("split")
        if subject and split:
            known, where = split_of.setdefault(subject, (split, line))
            if known != split:
                yield _Problem(
                    line, f"subject {subject!r} is in split {split!r}, in line {where} in {known!r}"
                )


def _report(problems: list[_Problem], file: Path) -> MienError:
    shown = "".join(f"\n  line {line}: {what}" for line, what in problems[:_SHOWN])
    more = f"\n  and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return MienError(
        f"the list has {count}:{shown}{more}",
        remedy="mend these lines; an unknown label is an empty cell, never a number",
        path=file,
    )
