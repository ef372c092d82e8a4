"""CLIP's byte-pair tokeniser (Radford et al., 2021, arXiv 2103.00020), from its files."""

import gzip
from collections.abc import Iterable
from itertools import islice
from json import JSONDecodeError, loads
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from mien.errors import MienError
from mien.models.word_pieces import REMEDY, from_file

ASSET = "clip-bpe"
START = "<|startoftext|>"
END = "<|endoftext|>"
WORD_END = "</w>"
MERGES = 49_408 - 2 * 256 - 2
"""Merges in use: CLIP's 49,408 tokens less each byte, within and at the end of a word, and the two
marks. The file lists many more."""
WORDS = (
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d"
    r"|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
)
"""What counts as a word before pairs are merged."""

Merge = tuple[str, str]


def byte_letters() -> list[str]:
    """The letters that stand for the 256 bytes, in the vocabulary's order.

    Bytes that are visible in Latin-1 stand for themselves and come first; the others follow as
    the letters from code point 256 on.
    """
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    return [chr(code) for code in visible] + [chr(256 + i) for i in range(256 - len(visible))]


def vocabulary(merges: list[Merge]) -> dict[str, int]:
    """Token numbers: bytes, bytes at a word's end, merges in order, the two marks."""
    letters = byte_letters()
    words = [
        *letters,
        *(letter + WORD_END for letter in letters),
        *(first + second for first, second in merges),
        START,
        END,
    ]
    return {word: number for number, word in enumerate(words)}


def tokeniser(vocab: dict[str, int], merges: list[Merge]) -> Tokenizer:
    """CLIP's tokeniser: lower case, words split by `WORDS`, marks at both ends.

    The original also repairs broken Unicode and HTML entities; prompts have neither.
    """
    built = Tokenizer(
        models.BPE(vocab=vocab, merges=merges, end_of_word_suffix=WORD_END, unk_token=END)
    )
    built.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    built.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    built.add_special_tokens([START, END])
    built.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}", special_tokens=[(START, vocab[START]), (END, vocab[END])]
    )
    return built


def from_archive(path: Path) -> Tokenizer:
    """The tokeniser of CLIP's own `bpe_simple_vocab_16e6.txt.gz`.

    Raises:
        MienError: the file is missing or damaged.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            merges = _merges(islice(lines, 1, 1 + MERGES))
    except (OSError, EOFError, UnicodeDecodeError, ValueError) as error:
        raise MienError(
            "CLIP's merges cannot be read", remedy="mien assets fetch clip-bpe", path=path
        ) from error
    return tokeniser(vocabulary(merges), merges)


def from_folder(folder: Path) -> Tokenizer:
    """The tokeniser of a folder with tokenizer.json, or with vocab.json and merges.txt.

    Raises:
        MienError: the files are missing or damaged.
    """
    if (folder / "tokenizer.json").exists():
        return from_file(folder / "tokenizer.json")
    try:
        vocab = loads((folder / "vocab.json").read_text(encoding="utf-8"))
        with (folder / "merges.txt").open(encoding="utf-8") as lines:
            merges = _merges(line for line in lines if not line.startswith("#version"))
        return tokeniser(vocab, merges)
    except (OSError, UnicodeDecodeError, JSONDecodeError, ValueError, KeyError) as error:
        raise MienError(
            "neither tokenizer.json nor vocab.json with merges.txt can be read",
            remedy=REMEDY,
            path=folder,
        ) from error


def _merges(lines: Iterable[str]) -> list[Merge]:
    pairs = [tuple(line.split()) for line in lines if line.strip()]
    return [(first, second) for first, second in pairs]
