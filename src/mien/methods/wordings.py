"""The wordings of statements as vectors: encoded once, mixed and disturbed while training."""

from collections.abc import Sequence
from random import Random

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.facs.statements import TEMPLATES, Statement
from mien.losses.similarity import unit
from mien.models.text import TextEncoder


class Wordings(nn.Module):
    """Vectors of every wording in every template, statement by statement; buffers, no weights.

    Args:
        statements: each with a wording or more.
        encoder: frozen.
        noise: standard deviation added to each number of a drawn vector.

    The vectors' mean is kept, too: sentence encoders put all phrases about faces close together,
    and only what lies beyond their mean tells them apart.
    """

    vectors: Tensor
    centre: Tensor

    def __init__(
        self, statements: Sequence[Statement], encoder: TextEncoder, *, noise: float
    ) -> None:
        super().__init__()
        self.noise = noise
        texts: list[str] = []
        self.spans: list[range] = []
        for statement in statements:
            start = len(texts)
            texts += [form.format(said) for said in statement.wordings for form in TEMPLATES]
            self.spans.append(range(start, len(texts)))
        with torch.no_grad():
            vectors = unit(encoder.encode(texts)).clone()
        self.register_buffer("vectors", vectors)
        self.register_buffer("centre", vectors.mean(0))

    def means(self, first: int, count: int) -> Float[Tensor, "statement text"]:
        """The mean vector of each of `count` statements from the one numbered `first` on."""
        chosen = self.spans[first : first + count]
        return torch.stack([self.vectors[span.start : span.stop].mean(0) for span in chosen])

    def drawn(self, seed: int) -> Float[Tensor, "statement text"]:
        """A vector between two wordings of each statement, chosen by the seed, and disturbed."""
        draw = Random(seed)
        pairs = [(draw.choice(span), draw.choice(span), draw.random()) for span in self.spans]
        ones, others, shares = zip(*pairs, strict=True)
        share = torch.tensor(shares, device=self.vectors.device)[:, None]
        mixed = self.vectors[list(ones)] * share + self.vectors[list(others)] * (1 - share)
        generator = torch.Generator().manual_seed(seed)
        spread = torch.randn(mixed.shape, generator=generator) * self.noise
        return mixed + spread.to(mixed)
