"""How well two coders agree, unit by unit: on frames, on intensities and on events."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from mien import __version__, atomic
from mien.facs import ACTION_UNITS
from mien.metrics.bootstrap import draw_weights, intervals
from mien.metrics.icc import icc_per_label
from mien.metrics.kappa import adjusted_kappa_of, f1_of, kappa_of
from mien.metrics.ratio import ratio
from mien.metrics.resampled import agreement_draws, count_draws
from mien.study.alignment import KINDS, Aligned, Matching, align
from mien.study.coding import Codes
from mien.study.eyes import comparable
from mien.study.pairing import Pairs
from mien.study.tables import Floats

Score = tuple[Floats, Floats | None]
"""(units,) values, and (draws, units) of them; None where nothing can be resampled."""
SUFFIXES = (".json", ".csv", ".parquet")


@dataclass(frozen=True, kw_only=True)
class Resampling:
    """How intervals are made: by drawing subjects (or clips) with replacement."""

    draws: int = 1000
    seed: int = 0
    confidence: float = 0.95


@dataclass(frozen=True, kw_only=True, eq=False)
class Agreement:
    """A row a unit, and what it came from."""

    table: pa.Table = field(repr=False)
    """Columns as in `docs/study.md`; NaN where a score is undefined."""
    about: dict[str, Any] = field(repr=False)
    """Settings, clips, subjects, and clips that only one coder has."""

    def __repr__(self) -> str:
        return f"Agreement({self.table.num_rows} units, {self.about['resampled']} resampled)"


def agree(
    pairs: Pairs, *, how: Matching | None = None, resampling: Resampling | None = None
) -> Agreement:
    """Compare two coders on every clip that both have.

    Args:
        pairs: as from `pairing.pair`; the second coder is the reference of precision and recall.
        how: tolerance and the like.
        resampling: of the intervals, which need two subjects (or clips).

    Raises:
        MienError: no unit in common, or no common clock.
    """
    how, resampling = how or Matching(), resampling or Resampling()
    both = [comparable(one, two) for one, two in pairs.both]
    aligned = align(both, how)
    count = len(np.unique(aligned.who))
    again = resampling if count > 1 else None
    known = np.asarray(~np.isnan(aligned.present).any(axis=0))
    graded = np.asarray(~np.isnan(aligned.intensity).any(axis=0))
    columns: dict[str, Any] = {
        "unit": list(aligned.units),
        "name": [ACTION_UNITS[unit].name for unit in aligned.units],
        "samples": known.sum(axis=0).tolist(),
        **_shares(aligned, known),
    }
    scores = _frame_scores(aligned, resampling) | _intensity_scores(aligned, graded, resampling)
    events = np.stack([aligned.events[name] for name in sorted(aligned.events)])
    scores |= _event_scores(events, resampling)
    for name, (values, draws) in scores.items():
        columns[name] = values
        if again is not None and draws is not None:
            ends = intervals(draws, level=again.confidence)
            columns |= {f"{name}_low": ends.low, f"{name}_high": ends.high}
        else:
            columns |= {f"{name}_{end}": np.full(len(values), np.nan) for end in ("low", "high")}
    columns["intensity_samples"] = graded.sum(axis=0).tolist()
    for at, kind in enumerate(KINDS[:3]):
        columns[f"events_{kind}"] = events[:, at].sum(axis=0).astype(np.int64)
    for at, coder in enumerate(("first", "second")):
        columns[f"events_{coder}_unseen"] = aligned.unseen[at]
    return Agreement(
        table=pa.table(columns),
        about=_about(pairs, both, how, resampling) | {"resampled": count},
    )


def _about(
    pairs: Pairs, compared: Sequence[tuple[Codes, Codes]], how: Matching, resampling: Resampling
) -> dict[str, Any]:
    changed = [
        any(one is not other for one, other in zip(old, new, strict=True))
        for old, new in zip(pairs.both, compared, strict=True)
    ]
    return {
        "mien": __version__,
        "matching": asdict(how),
        "resampling": asdict(resampling),
        "clips": [[one.source, two.source] for one, two in pairs.both],
        "blinks_as_shut_eyes": any(changed),
        "only_first": list(pairs.only_first),
        "only_second": list(pairs.only_second),
    }


def write(agreement: Agreement, out: Path | str) -> None:
    """Write the table as CSV or Parquet, or with what it came from as JSON, by the file's ending.

    Raises:
        MienError: another ending, or the file cannot be written.
    """
    path = Path(out)
    atomic.refuse_ending(path, SUFFIXES, what="an agreement")
    kind = path.suffix.lower()
    with atomic.file(path) as temporary:
        if kind == ".csv":
            pa_csv.write_csv(_blank(agreement.table), temporary)
        elif kind == ".parquet":
            pq.write_table(agreement.table, temporary)
        else:
            rows = [
                {key: _plain(value) for key, value in row.items()}
                for row in agreement.table.to_pylist()
            ]
            content = {**agreement.about, "units": rows}
            temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _shares(aligned: Aligned, known: np.ndarray) -> dict[str, Floats]:
    total = known.sum(axis=0)
    return {
        f"prevalence_{coder}": ratio(np.where(known, said, 0.0).sum(axis=0), total)
        for coder, said in zip(("first", "second"), aligned.present, strict=True)
    }


def _frame_scores(aligned: Aligned, how: Resampling) -> dict[str, Score]:
    first, second = aligned.present
    draw = partial(count_draws, first, second)
    drawn = draw(aligned.who, draws=how.draws, seed=how.seed)
    once = draw(np.full(len(first), "all"), draws=1, seed=0)[0]
    ways: dict[str, Callable[[Floats], Floats]]
    ways = {"kappa": kappa_of, "kappa_adjusted": adjusted_kappa_of, "f1": f1_of}
    return {name: (way(once), way(drawn)) for name, way in ways.items()}


def _intensity_scores(aligned: Aligned, graded: np.ndarray, how: Resampling) -> dict[str, Score]:
    first, second = aligned.intensity
    scores, truth = np.where(graded, first, 0.0), np.where(graded, second, np.nan)
    drawn = agreement_draws(scores, truth, aligned.who, draws=how.draws, seed=how.seed)
    return {
        "icc_3_1": (icc_per_label(scores, truth, form="3,1").values, drawn["icc"]),
        "icc_2_1": (icc_per_label(scores, truth, form="2,1").values, drawn["icc_absolute"]),
    }


def _event_scores(events: Floats, how: Resampling) -> dict[str, Score]:
    """From sums (who, kinds, units) as in `KINDS`."""
    weights = draw_weights(len(events), draws=how.draws, seed=how.seed).astype(np.float64)
    drawn = np.einsum("dw,wku->dku", weights, events, optimize=True)
    named: dict[str, tuple[Floats, Floats]] = {}
    for at, sums in enumerate((events.sum(axis=0), drawn)):
        kind = dict(zip(KINDS, np.moveaxis(sums, -2, 0), strict=True))
        both = kind["matched"]
        values = {
            "event_precision": ratio(both, kind["first"]),
            "event_recall": ratio(both, kind["second"]),
            "event_f1": ratio(2 * both, kind["first"] + kind["second"]),
            **{f"{name}_difference": ratio(kind[name], both) for name in KINDS[3:]},
        }
        for name, value in values.items():
            named[name] = (value, value) if at == 0 else (named[name][0], value)
    return {**named}


def _blank(table: pa.Table) -> pa.Table:
    """NaN as an empty cell, which every statistics package reads as missing."""
    columns = [pa.array(table[name].to_pylist(), from_pandas=True) for name in table.column_names]
    return pa.table(columns, names=table.column_names)


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not np.isfinite(value) else value
