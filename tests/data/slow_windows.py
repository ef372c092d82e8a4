"""Windows of clips by loops over rows: what `ClipWindows` must agree with."""

from itertools import pairwise

from mien.data.codes import Codes


def windows(
    codes: Codes, *, frames: int, stride: int, hole: int | None
) -> dict[tuple[str, int], set[tuple[int, ...]]]:
    """Every allowed window, as rows, by the person it shows."""
    found: dict[tuple[str, int], set[tuple[int, ...]]] = {}
    for clip in sorted(set(codes.clip.tolist()) - {-1}):
        rows = [r for r in range(len(codes)) if codes.clip[r] == clip and codes.frame[r] >= 0]
        rows.sort(key=lambda r: (codes.frame[r], r))
        for start in range(len(rows)):
            window = rows[start :: max(stride, 1)][:frames]
            if len(window) < frames:
                continue
            steps = [codes.frame[b] - codes.frame[a] for a, b in pairwise(window)]
            if hole is not None and max(steps) > hole:
                continue
            subject = int(codes.subject[window[0]])
            person = ("subject", subject) if subject >= 0 else ("clip", clip)
            found.setdefault(person, set()).add(tuple(window))
    return found
