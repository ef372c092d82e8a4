"""Every claim on record with its verdict, and what was tried where one did not hold.

Verdicts are those of the records that `mien bench NAME --out FOLDER` leaves in a folder. What was
tried is written by hand, in the folder's `tried.json`: a list of objects with `first`, `second`,
`tried`, and, where it concerns one score alone, `score`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mien.bench.record import write_record
from mien.bench.verdicts.scores import said
from mien.bench.verdicts.tables import Table
from mien.errors import MienError

NAME: Final = "claims"
TRIED: Final = "tried.json"
FAILED: Final = "does not hold"
NOISE: Final = "within noise"
FOUND: Final = ("holds", FAILED, NOISE, "above", "below", "not run")
"""Verdicts, in the order of the first table."""
NOTHING: Final = "nothing yet"


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What was tried where a claim did not hold."""

    first: str
    second: str
    tried: str
    """In a sentence or two."""
    score: str = ""
    """The score concerned, such as "probe:au-f1"; "" for all of the two rows."""

    def concerns(self, claim: dict[str, Any]) -> bool:
        """Whether it speaks of a claim of a record."""
        rows = (claim["first"], claim["second"]) == (self.first, self.second)
        return rows and self.score in ("", claim["score"])


def claims_on_record(folder: Path) -> dict[str, Any]:
    """The claims of a folder's records, by record: its command, commit, date, and its claims.

    Records of the smoke budget say nothing, and are left out.

    Raises:
        MienError: a record, or what was tried, cannot be read; or there is no record.
    """
    notes, found = read_tried(folder), {}
    for path in sorted(folder.glob("bench-*.json")):
        told = _read(path)
        figures = told.get("figures", {})
        if "claims" not in figures or figures["plan"]["budget"] == "smoke":
            continue
        claims = [
            {
                **{key: claim[key] for key in _KEPT},
                "tried": [each.tried for each in notes if each.concerns(claim)],
            }
            for claim in figures["claims"]
        ]
        found[path.stem] = {
            **{key: told[key] for key in ("command", "commit", "date")},
            "seeds": figures["plan"]["seeds"],
            "claims": claims,
        }
    if not found:
        raise MienError(
            "there is no record of claims",
            remedy="write one first, for example mien bench clp --out docs/results",
            path=folder,
        )
    return found


def read_tried(folder: Path) -> list[Tried]:
    """What the folder's `tried.json` says; nothing without the file.

    Raises:
        MienError: it is damaged, or an entry is.
    """
    path = folder / TRIED
    if not path.exists():
        return []
    try:
        return [Tried(**each) for each in _read(path)]
    except TypeError as error:
        raise MienError(
            f"is no list of what was tried ({error})",
            remedy="give each entry first, second, tried, and score if it is about one",
            path=path,
        ) from error


def write_claims(folder: Path) -> Path:
    """Write claims.json and claims.md from the records in the folder, and return the page.

    Raises:
        MienError: as `claims_on_record`.
    """
    found = claims_on_record(folder)
    return write_record(
        folder,
        NAME,
        title="Claims, and which of them hold",
        command="mien bench claims --out docs/results",
        figures=found,
        tables=tables(found),
        notes=(
            (
                "Signs are the papers', or ours where a paper only implies them; differences are "
                "first minus second, mean over seeds, with their 95 % interval, paired over people."
            ),
            (
                "Smallest visible: the difference that would have been seen four times in five. A "
                "claim within noise is neither shown nor refuted: mind how large that is."
            ),
            f"What was tried is kept by hand in {TRIED}, all else comes from the records.",
        ),
    )


def tables(found: dict[str, Any]) -> list[Table]:
    """How many claims came to what, and which."""
    header = ("claim", "score", "expected", "found", "p, Holm", "smallest visible", "tried")
    counts = [_counts(name, record) for name, record in found.items()]
    shown: list[Table] = [("What the records say", ("record", *FOUND, "seeds", "commit"), counts)]
    told: dict[str, int] = {}
    for verdict, caption in CAPTIONS.items():
        rows = [
            _row(claim, told)
            for record in found.values()
            for claim in record["claims"]
            if claim["verdict"] == verdict and claim["sign"] != 0
        ]
        shown.append((f"{caption}: {len(rows)} of {_expected(found)} that were run", header, rows))
    words = [(str(number), text) for text, number in told.items()]
    return [*shown, ("What was tried", ("", ""), words)] if words else shown


CAPTIONS: Final = {FAILED: "Does not hold", NOISE: "Within noise", "holds": "Holds"}
"""Tables of the page, by verdict."""
_KEPT: Final = (
    *("first", "second", "score", "sign", "paper", "column", "ours", "effect", "p_holm"),
    "verdict",
)


def _counts(name: str, record: dict[str, Any]) -> tuple[str, ...]:
    verdicts = [claim["verdict"] for claim in record["claims"]]
    return (
        f"[{name}]({name}.md)", *(str(verdicts.count(each)) for each in FOUND),
        str(len(record["seeds"])), record["commit"],
    )  # fmt: skip


def _expected(found: dict[str, Any]) -> int:
    return sum(
        claim["sign"] != 0 and claim["verdict"] != "not run"
        for record in found.values()
        for claim in record["claims"]
    )


def _row(claim: dict[str, Any], told: dict[str, int]) -> tuple[str, ...]:
    """A claim's cells; what was tried gets a number, by which it is told once."""
    numbers = [told.setdefault(each, len(told) + 1) for each in claim["tried"]]
    tried = ", ".join(map(str, numbers)) or ("" if claim["verdict"] == "holds" else NOTHING)
    effect = claim["effect"]
    sign = "+" if claim["sign"] > 0 else "-"
    paper = " (ours)" if claim["ours"] else ""
    if claim["paper"] is not None:
        paper = f" ({claim['paper']:+g}, {claim['column']})"
    ends = "undefined" if effect["low"] is None else (
        f"{effect['value']:+.3f} [{effect['low']:+.3f}, {effect['high']:+.3f}]"
    )  # fmt: skip
    return (
        f"{claim['first']} minus {claim['second']}", said(claim["score"]), sign + paper, ends,
        _number(claim["p_holm"]), _number(effect["visible"]),
        tried,
    )  # fmt: skip


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _read(path: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise MienError(
            f"cannot be read ({error})", remedy="restore the file, or measure anew", path=path
        ) from error
