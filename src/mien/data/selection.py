"""Which rows of a store take part: by subject, split, and what they are labelled with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from mien.data.store import Store, column_array
from mien.data.targets import affect, columns, occurrence
from mien.errors import MienError

Needs = Literal["units", "expression", "affect", "activity", "subject"]


@dataclass(frozen=True, kw_only=True)
class Selection:
    """A filter over a store's rows; the defaults take all of them.

    Row order is the store's own.
    """

    subjects: tuple[str, ...] | None = None
    """Only these subjects."""
    without_subjects: tuple[str, ...] = ()
    """None of these subjects."""
    splits: tuple[str, ...] | None = None
    """Only rows of these splits."""
    activities: tuple[str, ...] | None = None
    """Only rows of these activities."""
    needs: tuple[Needs, ...] = ()
    """Only rows that have all of these labels; "units": at least one of `aus` is known."""
    aus: tuple[int, ...] = ()
    """The units that "units" refers to."""
    every: int = 1
    """Of the rows that remain, only each `every`-th."""

    def rows(self, store: Store) -> npt.NDArray[np.int64]:
        """The row numbers that pass, ascending.

        Raises:
            MienError: a subject that the store does not have, or no row passes.
        """
        identity = store.select(["subject", "split", "activity"])
        subject = column_array(identity, "subject")
        self._check_subjects(store, subject)
        keep = np.ones(len(store), bool)
        for values, allowed in (
            (subject, self.subjects),
            (column_array(identity, "split"), self.splits),
            (column_array(identity, "activity"), self.activities),
        ):
            if allowed is not None:
                keep &= np.isin(values.astype(str), np.array(allowed, str))
        keep &= ~np.isin(subject.astype(str), np.array(self.without_subjects, str))
        for need in self.needs:
            keep &= _has(store, need, self.aus)
        rows = np.flatnonzero(keep)[:: self.every]
        if len(rows) == 0:
            raise MienError("no row passes the selection", remedy="loosen it", path=store.path)
        return rows

    def _check_subjects(self, store: Store, present: npt.NDArray[np.object_]) -> None:
        wanted = {*(self.subjects or ()), *self.without_subjects}
        missing = sorted(wanted - set(present.tolist()))
        if missing:
            raise MienError(
                f"the store has no subject {missing[0]!r}",
                remedy="check the names in the manifest's column `subject`",
                path=store.path,
            )


def subjects_of(
    store: Store, rows: Sequence[int] | npt.NDArray[np.int64] | None = None
) -> tuple[str, ...]:
    """The subjects of some rows (all by default), sorted, unknown left out."""
    values = store.column("subject")
    chosen = values if rows is None else values[np.asarray(rows, np.int64)]
    return tuple(sorted(set(chosen.tolist()) - {""}))


def _has(store: Store, need: Needs, aus: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Which rows carry a label."""
    if need == "units":
        known = ~np.isnan(occurrence(store.select(columns(aus)), aus))
        return np.asarray(known.any(axis=1))
    if need == "affect":
        unknown = np.isnan(affect(store.select(["valence", "arousal"])))
        return np.asarray(~unknown.any(axis=1))
    return np.array([value != "" for value in store.column(need)], np.bool_)
