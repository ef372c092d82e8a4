"""The epoch chosen on validation subjects: the best so far, and every epoch's scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor, nn

from mien.engine.checkpoint import Json


@dataclass
class Selection:
    """Remembers the weights of the best epoch; test subjects have no part in it.

    Args:
        step: optimiser steps taken at the best epoch's end, or None before any score.
        score: its score.
        history: one entry per scored epoch: step, epoch, scores.
        weights: its weights, on the CPU.
    """

    step: int | None = None
    score: float | None = None
    history: list[Json] = field(default_factory=list)
    weights: Mapping[str, Tensor] | None = field(default=None, repr=False)

    def offer(
        self, module: nn.Module, scores: Mapping[str, float], *, step: int, epoch: int
    ) -> None:
        """Note an epoch's scores and keep its weights if none before was as good."""
        self.history.append({"step": step, "epoch": epoch, **scores})
        score = scores.get("score")
        if score is not None and (self.score is None or score > self.score):
            self.step, self.score = step, score
            self.weights = {
                name: value.detach().cpu().clone() for name, value in module.state_dict().items()
            }

    def record(self) -> dict[str, Json]:
        """What a checkpoint keeps beside the weights."""
        return {"step": self.step, "score": self.score, "history": self.history}

    @classmethod
    def restored(
        cls, record: Mapping[str, Json], weights: Mapping[str, Tensor] | None
    ) -> "Selection":
        """The selection that `record` and the chosen weights describe."""
        step, score, history = record["step"], record["score"], record["history"]
        return cls(
            step=step if isinstance(step, int) else None,
            score=score if isinstance(score, int | float) else None,
            history=list(history) if isinstance(history, list) else [],
            weights=weights,
        )
