"""The sentence encoder that phrases are put through: bge-small-en-v1.5, int8, frozen.

Xiao et al., 2023 (arXiv 2309.07597). A phrase's vector is the last hidden state of the first
token, at length 1.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from mien.assets.cached import locate
from mien.errors import MienError
from mien.text.pieces import Pieces

ASSET: Final = "bge-small-int8"
WIDTH: Final = 384
"""Numbers of a vector."""
MODEL, TOKENIZER = "model.onnx", "tokenizer.json"


class SentenceEncoder:
    """Phrases to vectors; every phrase by itself, so that its vector never depends on others.

    Args:
        cache: cache of assets; the user's by default.
        threads: threads of ONNX Runtime; as many as cores by default.

    Raises:
        MienError: the asset is not fetched, or ONNX Runtime cannot load it.
    """

    def __init__(self, *, cache: Path | None = None, threads: int | None = None) -> None:
        import onnxruntime

        try:
            folder = locate(ASSET, cache=cache)
        except MienError as missing:
            raise MienError(
                "the sentence encoder is not here: a free phrase needs it",
                remedy="mien assets fetch ask",
                path=missing.path,
            ) from missing
        self._pieces = Pieces(folder / TOKENIZER)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        if threads is not None:
            options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / MODEL), options, providers=["CPUExecutionProvider"]
            )
        except RuntimeError as problem:
            raise MienError(
                "ONNX Runtime cannot load the sentence encoder",
                remedy="fetch the asset again: mien assets fetch ask",
                path=folder / MODEL,
            ) from problem

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """(texts, 384) float32, each row at length 1.

        Args:
            texts: as they are; white space at the ends does not matter.
        """
        found = np.zeros((len(texts), WIDTH), np.float32)
        known: dict[str, npt.NDArray[np.float32]] = {}
        for row, text in enumerate(texts):
            if text not in known:
                known[text] = self._one(text)
            found[row] = known[text]
        return found

    def _one(self, text: str) -> npt.NDArray[np.float32]:
        # One at a time: int8 activations are scaled by the whole batch, so company would tell.
        numbers = np.array([self._pieces.numbers(text)], np.int64)
        fed = {
            "input_ids": numbers,
            "attention_mask": np.ones_like(numbers),
            "token_type_ids": np.zeros_like(numbers),
        }
        hidden = np.asarray(self._session.run(None, fed)[0], np.float64)
        first = hidden[0, 0]
        return (first / np.linalg.norm(first)).astype(np.float32)
