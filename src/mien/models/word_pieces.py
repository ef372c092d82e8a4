"""Tokenisers of local files, run by the `tokenizers` library."""

from json import JSONDecodeError, loads
from pathlib import Path

import torch
from tokenizers import Tokenizer

from mien.errors import MienError
from mien.models.text import Tokens

REMEDY = "give a folder with the model's tokenizer.json, whole and unchanged"


class WordPieces:
    """Tokenises prompts with a `tokenizers` tokeniser, cut to a length and padded to the longest.

    Args:
        tokenizer: the tokeniser; its own truncation and padding are replaced.
        tokens: longest prompt in tokens, marks included.
        pad: token to pad with.

    Raises:
        MienError: the tokeniser does not know `pad`.
    """

    def __init__(self, tokenizer: Tokenizer, *, tokens: int, pad: str) -> None:
        number = tokenizer.token_to_id(pad)
        if number is None:
            raise MienError(f"the tokeniser has no token {pad}", remedy=REMEDY)
        tokenizer.enable_truncation(max_length=tokens)
        tokenizer.enable_padding(pad_id=number, pad_token=pad)
        self.tokenizer = tokenizer

    def __call__(self, texts: list[str]) -> Tokens:
        """Ids and mask of the prompts."""
        coded = self.tokenizer.encode_batch(texts)
        ids = torch.tensor([row.ids for row in coded])
        return ids, torch.tensor([row.attention_mask for row in coded]).bool()


def from_file(path: Path) -> Tokenizer:
    """The tokeniser that a tokenizer.json describes.

    Raises:
        MienError: the file is missing or damaged.
    """
    try:
        text = path.read_text()
        model = loads(text)["model"]
    except FileNotFoundError as error:
        raise MienError("there is no such tokeniser file", remedy=REMEDY, path=path) from error
    except (OSError, UnicodeDecodeError, JSONDecodeError, KeyError, TypeError) as error:
        raise MienError("the tokeniser cannot be read", remedy=REMEDY, path=path) from error
    if not isinstance(model, dict):
        raise MienError("the tokeniser file describes no model", remedy=REMEDY, path=path)
    return Tokenizer.from_str(text)


def check_length(tokens: int, most: int) -> None:
    """Refuse a limit beyond a tower's position embeddings.

    Raises:
        MienError: `tokens` is more than `most`.
    """
    if tokens > most:
        raise MienError(
            f"the tower reads at most {most} tokens, not {tokens}", remedy="lower `tokens`"
        )
