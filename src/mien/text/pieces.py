"""Words cut into pieces of a fixed vocabulary, as BERT's uncased models want them.

The rules are those of WordPiece with BERT's basic tokeniser (Devlin et al., 2019, arXiv
1810.04805, appendix A.2 and its released code): lower case, accents off, punctuation and Chinese
characters each by themselves, then the longest piece that the vocabulary knows, again and again.
"""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mien.errors import MienError

UNKNOWN, BEGIN, END, PADDING = "[UNK]", "[CLS]", "[SEP]", "[PAD]"
LONGEST_WORD: Final = 100
"""Characters of a word beyond which it is unknown."""
_HAN: Final = (
    *((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F)),
    *((0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)),
)


class Pieces:
    """A vocabulary and how text is cut by it.

    Args:
        path: `tokenizer.json` of an uncased WordPiece model.

    Raises:
        MienError: the file is missing, damaged or of another kind.
    """

    def __init__(self, path: Path) -> None:
        try:
            model = json.loads(path.read_text(encoding="utf-8"))["model"]
            self._numbers: dict[str, int] = {str(k): int(v) for k, v in model["vocab"].items()}
            self._marks = tuple(self._numbers[mark] for mark in (UNKNOWN, BEGIN, END, PADDING))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
            raise MienError(
                f"the vocabulary cannot be read ({problem})",
                remedy="fetch the asset again: mien assets fetch ask",
                path=path,
            ) from problem

    @property
    def padding(self) -> int:
        """The number that fills up short texts."""
        return self._marks[3]

    def numbers(self, text: str, *, longest: int = 128) -> list[int]:
        """A text as numbers, between the marks of its beginning and its end.

        Args:
            text: any.
            longest: numbers at most, marks included; the rest is cut off.
        """
        unknown, begin, end, _ = self._marks
        found = [number for word in words(text) for number in self._cut(word, unknown)]
        return [begin, *found[: longest - 2], end]

    def _cut(self, word: str, unknown: int) -> list[int]:
        """The longest known piece first; a word that cannot be cut is unknown as a whole."""
        if len(word) > LONGEST_WORD:
            return [unknown]
        found, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            stop = next((end for end in ends if mark + word[start:end] in self._numbers), None)
            if stop is None:
                return [unknown]
            found.append(self._numbers[mark + word[start:stop]])
            start = stop
        return found


def words(text: str) -> Iterator[str]:
    """Words and punctuation marks of a text, in lower case and without accents."""
    clean = "".join(" " if _space(each) else each for each in text if not _control(each))
    spaced = "".join(f" {each} " if _han(each) else each for each in clean)
    plain = unicodedata.normalize("NFD", spaced)
    bare = "".join(each for each in plain if unicodedata.category(each) != "Mn").lower()
    for word in bare.split():
        start = 0
        for place, each in enumerate(word):
            if _punctuation(each):
                if place > start:
                    yield word[start:place]
                yield each
                start = place + 1
        if start < len(word):
            yield word[start:]


def _space(each: str) -> bool:
    return each in "\t\n\r" or unicodedata.category(each) == "Zs"


def _control(each: str) -> bool:
    if each in "\t\n\r":
        return False
    return each in {"\0", "\ufffd"} or unicodedata.category(each) in {"Cc", "Cf", "Cn", "Co"}


def _han(each: str) -> bool:
    return any(low <= ord(each) <= high for low, high in _HAN)


def _punctuation(each: str) -> bool:
    code = ord(each)
    ascii_mark = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return ascii_mark or unicodedata.category(each).startswith("P")
