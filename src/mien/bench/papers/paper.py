"""A paper as data: its rows, its numbers, and the pairs of rows that carry its claims."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from mien.errors import MienError

PartName = Literal["interview", "talking", "wild"]
"""Stores of lab-1: people at eight activities; clips of talk, never labelled here; photographs."""
Which = Literal["smoke", "principal", "all"]
"""The smallest set of rows that a row belongs to; each set holds the one before."""
SETS: tuple[Which, ...] = ("smoke", "principal", "all")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A labelled run that reads faces: from a row's encoder, or as a row of its own."""

    key: str
    """What its scores are called by, such as "finetune"."""
    recipe: str
    """Named recipe."""
    part: PartName
    """The store that it learns from and is tested on, by people."""
    start: Literal["row", "own"] = "row"
    """Weights to begin with: the row's, or those that the recipe names itself."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a paper's table."""

    name: str
    """As in our tables; a recipe's name where the row is one recipe."""
    recipe: str
    """Named recipe of the encoder that is asked."""
    part: PartName
    """The store it learns from."""
    own: str = ""
    """Key of its own readings, if it reads faces by itself; "" if it only learns an encoder."""
    readers: tuple[Reader, ...] = ()
    """What is taught from its encoder."""
    unseen: bool = False
    """Whether it is asked, through texts, for the expressions that labels did not teach."""
    paper: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """The paper's numbers by the paper's column."""
    of: Which = "all"
    """The smallest set it belongs to."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A difference between two rows, first minus second, and what the paper says of it."""

    first: str
    second: str
    score: str
    """Such as "finetune:au-f1"; see `mien.bench.verdicts.scores`."""
    sign: Literal[-1, 0, 1]
    """Sign that is expected; 0 where nobody knows."""
    paper: float | None = None
    """The paper's difference in its own unit; None where it gives none."""
    column: str = ""
    """The paper's column."""
    ours: bool = False
    """True where the expectation is ours: implied, not printed by the paper."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper's table.

    Raises:
        MienError: two rows of one name, or a claim or candidate that is no row.
    """

    name: str
    """Short: "clef"."""
    title: str
    """For headings."""
    rows: tuple[Row, ...]
    claims: tuple[Claim, ...]
    headline: Mapping[str, str]
    """Score to the paper's column that stands beside it, or "" for none."""
    caveats: tuple[str, ...]
    """What ours differs in, said with every result."""
    candidates: tuple[str, ...] = ()
    """Rows of which the best on both axes is named (`mien.bench.verdicts.ranking`); papers: ()."""
    faces: int | None = None
    """Faces a step for which a budget's steps of learning are meant, where runs differ in them:
    other batches take more or fewer steps, over as many faces. None: the same steps for all."""
    clustered: frozenset[str] = frozenset()
    """Recipes that learn from clusters of clips (`mien.engine.pseudo`) in place of activities."""

    def __post_init__(self) -> None:
        names = [row.name for row in self.rows]
        said = {name for claim in self.claims for name in (claim.first, claim.second)}
        said |= set(self.candidates)
        if len(set(names)) < len(names) or not said <= set(names):
            raise MienError(
                f"{self.name}: rows of one name, or claims about {sorted(said - set(names))}",
                remedy="name every row once, and claim about rows only",
            )

    def of(self, which: Which) -> tuple[Row, ...]:
        """The rows of a set."""
        kept = SETS[: SETS.index(which) + 1]
        return tuple(row for row in self.rows if row.of in kept)

    def row(self, name: str) -> Row:
        """The row of that name.

        Raises:
            MienError: there is none.
        """
        for row in self.rows:
            if row.name == name:
                return row
        raise MienError(
            f"{self.name} has no row {name!r}",
            remedy=f"choose among {', '.join(row.name for row in self.rows)}",
        )
