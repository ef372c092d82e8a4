"""Learned words in front of a phrase: CoOp (Zhou et al., 2022, arXiv 2109.01134, section 3.2).

One context for all labels, at the front, as the paper's unified form.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.errors import MienError
from mien.models.clip_text import ClipTextBody
from mien.models.minilm import SentenceBody
from mien.models.seeded import seeded
from mien.models.text import TextEncoder
from mien.models.tiny_text import ByteTransformer

DEVIATION = 0.02
"""Of the vectors at the start (section 4.1)."""


class LearnedContext(nn.Module):
    """A few vectors that stand where a text tower expects the embeddings of words.

    The tower is told a placeholder for each; its token embedding's output is replaced there.
    The tower itself may be frozen: the gradient passes through it. Its features are never
    remembered.

    Args:
        text: the tower; not held, but given again to `forward`.
        count: number of vectors.
        seed: of the vectors.

    Raises:
        MienError: the tower's words are unknown, or there is no room for `count` of them.
    """

    def __init__(self, text: TextEncoder, count: int, *, seed: int) -> None:
        super().__init__()
        self.prefix, self.start = _placeholders(text, count)
        with seeded(seed):
            drawn = DEVIATION * torch.randn(count, token_embedding(text.body).embedding_dim)
        self.vectors = nn.Parameter(drawn)

    def forward(self, text: TextEncoder, phrases: Sequence[str]) -> Float[Tensor, "label dim"]:
        """Features of each phrase behind the learned words, in order."""
        if not text.trainable:
            text.body.eval()
        ids, mask = text.tokenise([f"{self.prefix} {phrase}" for phrase in phrases])
        device = self.vectors.device
        with self._instead(token_embedding(text.body)):
            return text.body(ids.to(device), mask.to(device))

    @contextmanager
    def _instead(self, embedding: nn.Embedding) -> Iterator[None]:
        """Inside the block, the learned vectors take the placeholders' places."""
        rows = slice(self.start, self.start + len(self.vectors))

        def replaced(_: nn.Module, __: object, output: Tensor) -> Tensor:
            ahead, behind = output[:, : rows.start], output[:, rows.stop :]
            words = self.vectors.to(output.dtype).expand(len(output), -1, -1)
            return torch.cat([ahead, words, behind], dim=1)

        handle = embedding.register_forward_hook(replaced)
        try:
            yield
        finally:
            handle.remove()


def token_embedding(body: nn.Module) -> nn.Embedding:
    """The layer that turns a tower's token ids into vectors.

    Raises:
        MienError: the tower is of a kind that we do not know.
    """
    found: object = None
    if isinstance(body, ByteTransformer):
        found = body.bytes
    elif isinstance(body, SentenceBody | ClipTextBody):
        found = body.model.get_input_embeddings()  # pyright: ignore[reportCallIssue] - transformers'
    if not isinstance(found, nn.Embedding):
        raise MienError(
            f"the words of a {type(body).__name__} cannot be learned",
            remedy="use TinyText, MiniLM, ClipText or FarlText, or set the context to 0",
        )
    return found


def _placeholders(text: TextEncoder, count: int) -> tuple[str, int]:
    """Words that become exactly `count` equal tokens, and the place of the first of them."""
    for prefix in ("x" * count, " ".join("x" * count)):  # bytes, word pieces
        ids, _ = text.tokenise([f"{prefix} a", f"{prefix} smiling mouth"])
        for start in range(min(3, ids.shape[1] - count)):
            block = ids[:, start : start + count]
            after = ids[:, start + count]
            if bool((block == block[0, 0]).all()) and bool((after != block[0, 0]).all()):
                return prefix, start
    raise MienError(
        f"the text tower has no room for {count} learned words",
        remedy="learn fewer, or raise the tower's `tokens`",
    )
