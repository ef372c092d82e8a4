"""Random orders without storing them: the i-th element of a permutation, by arithmetic.

A Feistel network over a rectangle just large enough for the range, walked along its cycles until
it falls inside (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). Keys come from
the finaliser of SplitMix64 (Steele, Lea and Flood, 2014), of which a round uses a short form: it
need not be one to one for the network to be.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

_ROUNDS: Final = 4
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_ONE: Final = np.uint64(1)
_SHIFT: Final = np.uint64(30)
_HALF: Final = np.uint64(32)


def mix(words: Words) -> Words:
    """Scramble 64-bit words, one to one."""
    words = words + _STEP
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    return words ^ (words >> np.uint64(31))


def key(*numbers: int | Ints) -> Words:
    """Hash whole numbers (arrays broadcast) into 64-bit keys; order matters."""
    word = np.zeros(1, np.uint64)
    for number in numbers:
        word = mix(word ^ np.asarray(number, np.int64).astype(np.uint64).reshape(-1))
    return word


def fractions(words: Words) -> npt.NDArray[np.float64]:
    """Hashed words as numbers spread evenly over [0, 1)."""
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


def permute(positions: Ints, *, count: int | Ints, keys: Words) -> Ints:
    """The elements at `positions` of keyed random permutations of `range(count)`.

    Args:
        positions: (n,) each in `range(count)`.
        count: length of the permutation, one or (n,).
        keys: (1,) or (n,); equal keys and counts mean the same permutation.
    """
    counts = np.broadcast_to(np.asarray(count, np.uint64), positions.shape)
    keys = np.broadcast_to(keys, positions.shape)
    columns = np.ceil(np.sqrt(counts)).astype(np.uint64)
    rows = (counts + columns - _ONE) // np.maximum(columns, _ONE)
    out = _shuffle(positions.astype(np.uint64), rows=rows, columns=columns, keys=keys)
    outside = np.flatnonzero(out >= counts)
    while len(outside):
        out[outside] = _shuffle(
            out[outside], rows=rows[outside], columns=columns[outside], keys=keys[outside]
        )
        outside = outside[out[outside] >= counts[outside]]
    return out.astype(np.int64)


def _shuffle(words: Words, *, rows: Words, columns: Words, keys: Words) -> Words:
    """One pass over a rectangle: rows turn by a hash of the column, then the reverse, and so on."""
    row, column = np.divmod(words, columns)
    for _ in range(_ROUNDS):
        keys = keys + _STEP
        row = (row + _round(column ^ keys)) % rows
        column = (column + _round(row ^ ~keys)) % columns
    return row * columns + column


def _round(words: Words) -> Words:
    """Half a SplitMix64, 32 bits."""
    words *= _FIRST
    words ^= words >> _SHIFT
    words *= _SECOND
    words >>= _HALF
    return words
