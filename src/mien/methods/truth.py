"""Whether statements about faces are true, from labels: 1, 0, or NaN where labels do not tell."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from mien.facs.statements import Statement, Term

_SHUT, _BLINK = 43, 45
LOPSIDED = 1.5
"""Intensity by which one side must be stronger for a lopsided movement."""


def truths(
    statements: Sequence[Statement],
    *,
    aus: Sequence[int],
    expressions: Sequence[str],
    intensity: Float[Tensor, "batch unit"],
    sided: Float[Tensor, "batch unit 2"] | None,
    expression: Int64[Tensor, " batch"],
) -> Float[Tensor, "batch statement"]:
    """Truth of each statement for each row; a unit that is not labelled leaves its terms unknown.

    Args:
        statements: what is stated.
        aus: units of the columns of `intensity` and `sided`. Without 45, blinks are taken to be
            counted as shut eyes (43): else every statement about open eyes would be unknown
            wherever they are open.
        expressions: names of the classes.
        intensity: 0 to 5, NaN unknown.
        sided: likewise by side; None where sides are not known.
        expression: class index, -1 unknown.
    """
    columns = {unit: place for place, unit in enumerate(aus)}
    if _BLINK not in columns and _SHUT in columns:
        columns[_BLINK] = columns[_SHUT]
    unknown = torch.full_like(intensity[:, :1], torch.nan)[:, 0]

    def of_term(term: Term) -> Tensor:
        if term.unit not in columns:
            return unknown
        place = columns[term.unit]
        if term.lopsided:
            return _lopsided(sided[:, place], term) if sided is not None else unknown
        values = intensity[:, place]
        within = ((values >= term.least) & (values < term.below)).to(values.dtype)
        return torch.where(values.isnan(), values, within)

    def of_statement(statement: Statement) -> Tensor:
        if statement.expression:
            if statement.expression not in expressions:
                return unknown
            said = (expression == expressions.index(statement.expression)).to(unknown.dtype)
            return torch.where(expression < 0, unknown, said)
        ways = [_every(torch.stack([of_term(t) for t in way], 1)) for way in statement.ways]
        return 1 - _every(1 - torch.stack(ways, 1))  # one way holds: not all ways fail

    return torch.stack([of_statement(each) for each in statements], dim=1)


def _every(parts: Float[Tensor, "batch part"]) -> Float[Tensor, " batch"]:
    """1 where all are 1, 0 where one is 0, NaN where it depends on what is unknown."""
    none_false = (parts != 0).all(1)
    return torch.where(none_false, parts.sum(1) / parts.shape[1], 0.0)


def _lopsided(sides: Float[Tensor, "batch 2"], term: Term) -> Float[Tensor, " batch"]:
    strong, apart = sides.amax(1) >= term.least, (sides[:, 0] - sides[:, 1]).abs() >= LOPSIDED
    held = (strong & apart).to(sides.dtype)
    return torch.where(sides.isnan().any(1), torch.nan, held)
