"""Random orders without storing them: the i-th element of a permutation, by arithmetic.

A Feistel network over the smallest power of two that holds the range, walked along its cycles
until it falls inside (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). The
round function is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014). Both are bijections
or need not be, so the order covers every element once whatever the key.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

_ROUNDS: Final = 6
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)


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


def permute(positions: Ints, *, count: int | Ints, keys: Words) -> Ints:
    """The elements at `positions` of keyed random permutations of `range(count)`.

    Args:
        positions: (n,) each in `range(count)`.
        count: length of the permutation, one or (n,).
        keys: (1,) or (n,); equal keys and counts mean the same permutation.
    """
    counts = np.broadcast_to(np.asarray(count, np.uint64), positions.shape)
    keys = np.broadcast_to(keys, positions.shape)
    # 2 ** bits >= count: the exponent of count - 1 as a float is exact below 2 ** 53.
    bits = np.frexp((counts - np.uint64(1)).astype(np.float64))[1].astype(np.uint64)
    low = bits >> np.uint64(1)
    out = _encrypt(positions.astype(np.uint64), bits=bits, low=low, keys=keys)
    outside = np.flatnonzero(out >= counts)
    while len(outside):
        out[outside] = _encrypt(
            out[outside], bits=bits[outside], low=low[outside], keys=keys[outside]
        )
        outside = outside[out[outside] >= counts[outside]]
    return out.astype(np.int64)


def _encrypt(words: Words, *, bits: Words, low: Words, keys: Words) -> Words:
    """One pass of the network over `bits` bits, of which `low` form the right half."""
    one = np.uint64(1)
    right_mask, left_mask = (one << low) - one, (one << (bits - low)) - one
    left, right = words >> low, words & right_mask
    for turn in range(_ROUNDS):
        keys = keys + _STEP
        if turn % 2 == 0:
            left = left ^ (mix(right ^ keys) & left_mask)
        else:
            right = right ^ (mix(left ^ keys) & right_mask)
    return (left << low) | right
