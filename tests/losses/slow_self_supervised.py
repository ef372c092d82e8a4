"""The losses of CLP and of its rivals as slow loops over Python floats."""

import math

from losses.slow_losses import Rows, dot, log_softmax_at


def distance(a: list[float], b: list[float]) -> float:
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))


def normalised(row: list[float]) -> list[float]:
    length = math.sqrt(dot(row, row))
    return [x / length for x in row] if length else row


def triplet(clips: list[Rows], anchors: list[int], margin: float, grows: bool) -> float:
    means = []
    for frames, r in zip(clips, anchors, strict=True):
        losses = []
        for p in range(len(frames)):
            for n in range(len(frames)):
                near, far = abs(p - r), abs(n - r)
                if 0 < near < far:
                    m = margin * (far - near) if grows else margin
                    apart = distance(frames[r], frames[p]) - distance(frames[r], frames[n])
                    losses.append(max(0.0, apart + m))
        if losses:
            means.append(sum(losses) / len(losses))
    return sum(means) / max(len(means), 1)


def chain(clips: list[Rows], margin: float) -> float:
    total = 0.0
    for anchor, sibling, *followers in clips:
        before = distance(anchor, sibling)
        for follower in followers:
            after = distance(anchor, follower)
            total += max(0.0, before - after + margin)
            before = after
    return total / len(clips)


def reconstruction(
    query: Rows, memory: Rows, allowed: list[list[bool]], temperature: float
) -> tuple[Rows, Rows]:
    """Attention and reconstruction of every query."""
    weights, rebuilt = [], []
    for q, row in zip(query, allowed, strict=True):
        logits = {i: dot(q, m) / temperature for i, m in enumerate(memory) if row[i]}
        a = [math.exp(log_softmax_at(logits, i)) if row[i] else 0.0 for i in range(len(memory))]
        weights.append(a)
        mixed = [sum(a[i] * m[d] for i, m in enumerate(memory)) for d in range(len(q))]
        rebuilt.append(normalised(mixed))
    return weights, rebuilt


def regression(one: Rows, other: Rows) -> list[float]:
    return [distance(a, b) for a, b in zip(one, other, strict=True)]


def contrast(one: Rows, other: Rows, temperature: float) -> list[float]:
    return [
        -log_softmax_at({b: dot(a, o) / temperature for b, o in enumerate(other)}, place)
        for place, a in enumerate(one)
    ]


def memory_contrast(
    query: Rows, target: Rows, memory: Rows, held: list[bool], temperature: float
) -> float:
    losses = []
    for q, k in zip(query, target, strict=True):
        logits = {i: dot(q, m) / temperature for i, m in enumerate(memory) if held[i]}
        logits[-1] = dot(q, k) / temperature
        losses.append(-log_softmax_at(logits, -1))
    return sum(losses) / len(losses)


def supcon(views: list[Rows], label: list[int], temperature: float) -> float:
    flat = [(row, known) for rows, known in zip(views, label, strict=True) for row in rows]
    losses = []
    for i, (z, own) in enumerate(flat):
        logits = {
            j: dot(z, w) / temperature
            for j, (w, known) in enumerate(flat)
            if j != i and known >= 0 <= own
        }
        positives = [j for j in logits if flat[j][1] == own]
        if positives:
            losses.append(-sum(log_softmax_at(logits, p) for p in positives) / len(positives))
    return sum(losses) / max(len(losses), 1)
