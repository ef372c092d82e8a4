"""How much of a proof is done: all of it, or the share that MIEN_SOAK_SHARE names."""

import os


def share(count: int) -> int:
    """That share of a count, at least 1."""
    return max(1, round(count * float(os.environ.get("MIEN_SOAK_SHARE", "1"))))
