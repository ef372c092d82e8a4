"""Random streams that are named, not shared: every draw has an address."""

import zlib

import numpy as np


def stream(seed: int, *address: int | str) -> np.random.Generator:
    """A generator that depends on the seed and the address alone.

    Two addresses give independent streams (NumPy's `SeedSequence` spawning over Philox), so a
    frame's numbers do not depend on which frames were drawn before it, or in which process.

    Args:
        seed: of the whole corpus, 0 or more.
        address: integers (0 to 2^32 − 1) and words, such as `"person", 3`.
    """
    keys = tuple(zlib.crc32(part.encode()) if isinstance(part, str) else part for part in address)
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=keys)))


def number(seed: int, *address: int | str) -> int:
    """A whole number below 2^31 for those who want a seed rather than a generator."""
    return int(stream(seed, *address).integers(2**31))
