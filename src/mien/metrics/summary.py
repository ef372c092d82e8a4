"""One value per label, with the reason wherever a value is undefined, and their honest mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The mean of what is defined, and a list of what is not."""

    mean: float
    """Mean over the defined labels; NaN if there is none."""
    defined: int
    """How many labels the mean is over."""
    undefined: tuple[str, ...]
    """Left-out labels, each as "label: reason"."""


@dataclass(frozen=True, kw_only=True)
class PerLabel:
    """A score of each label."""

    values: Float[np.ndarray, "label"]
    """The scores; NaN where undefined."""
    reasons: tuple[str, ...]
    """Why each score is undefined; an empty string where it is defined."""

    def __post_init__(self) -> None:
        """Check that every NaN has a reason and nothing else has.

        Raises:
            ValueError: a reason is missing or superfluous.
        """
        told = [bool(reason) for reason in self.reasons]
        if told != np.isnan(self.values).tolist():
            raise ValueError("each undefined score needs a reason, and only those")

    def summary(self, names: Sequence[str]) -> Summary:
        """The mean over defined labels, with the undefined ones listed by name."""
        return summarise(self.values, self.reasons, names)

    def undefined(self, names: Sequence[str]) -> Mapping[str, str]:
        """Reasons of the undefined labels by name."""
        return {name: reason for name, reason in zip(names, self.reasons, strict=True) if reason}


def per_label(values: Sequence[float], reasons: Sequence[str]) -> PerLabel:
    """Build a `PerLabel` from plain sequences; where a reason stands the value becomes NaN."""
    pairs = zip(values, reasons, strict=True)
    kept = [np.nan if reason else float(value) for value, reason in pairs]
    return PerLabel(values=np.asarray(kept, dtype=np.float64), reasons=tuple(reasons))


def summarise(
    values: Float[np.ndarray, "label"], reasons: Sequence[str], names: Sequence[str]
) -> Summary:
    """Average the defined values and list the undefined ones with their reasons."""
    defined = values[~np.isnan(values)]
    return Summary(
        mean=float(defined.mean()) if defined.size else float("nan"),
        defined=int(defined.size),
        undefined=tuple(
            f"{name}: {reason}" for name, reason in zip(names, reasons, strict=True) if reason
        ),
    )
