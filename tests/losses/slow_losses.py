"""The losses as slow loops over Python floats, written from the equations alone."""

import math

Rows = list[list[float]]


def dot(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def log_softmax_at(logits: dict[int, float], place: int) -> float:
    top = max(logits.values())
    return logits[place] - top - math.log(sum(math.exp(v - top) for v in logits.values()))


def activity_image(
    view: Rows,
    other: Rows,
    activity: list[int],
    subject: list[int],
    temperature: float,
    own_view: bool,
    same_subject: str,
) -> float:
    total, anchors = 0.0, 0
    for i, v in enumerate(view):
        if activity[i] < 0:
            continue
        positives, logits = [], {}
        for j, w in enumerate(other):
            if activity[j] < 0:
                continue
            same = activity[i] == activity[j]
            if i == j:
                if not own_view:
                    continue
                positives.append(j)
            elif same and subject[i] == subject[j]:
                if same_subject == "ignored":
                    continue
                if same_subject == "positive":
                    positives.append(j)
            elif same:
                positives.append(j)
            logits[j] = dot(v, w) / temperature
        if positives:
            total -= sum(log_softmax_at(logits, p) for p in positives) / len(positives)
            anchors += 1
    return total / max(anchors, 1)


def activity_text(face: Rows, text: Rows, activity: list[int], temperature: float) -> float:
    losses = [
        -log_softmax_at({k: dot(v, t) / temperature for k, t in enumerate(text)}, a)
        for v, a in zip(face, activity, strict=True)
        if a >= 0
    ]
    return sum(losses) / max(len(losses), 1)


def text_activity(face: Rows, text: Rows, activity: list[int], temperature: float) -> float:
    losses = []
    for k, t in enumerate(text):
        logits = {
            i: dot(v, t) / temperature
            for i, (v, a) in enumerate(zip(face, activity, strict=True))
            if a >= 0
        }
        positives = [i for i, a in enumerate(activity) if a == k]
        if positives:
            losses.append(-sum(log_softmax_at(logits, i) for i in positives) / len(positives))
    return sum(losses) / max(len(losses), 1)


def nt_xent(first: Rows, second: Rows, temperature: float) -> float:
    everything = first + second
    n = len(first)
    total = 0.0
    for i, z in enumerate(everything):
        logits = {k: dot(z, w) / temperature for k, w in enumerate(everything) if k != i}
        total -= log_softmax_at(logits, (i + n) % (2 * n))
    return total / (2 * n)


def binary(
    logits: Rows, targets: Rows, positive_weight: list[float] | None = None, balance: bool = False
) -> float:
    units = len(logits[0])
    total, count = 0.0, 0
    for u in range(units):
        column = [(r[u], t[u]) for r, t in zip(logits, targets, strict=True)]
        known = [(x, y) for x, y in column if not math.isnan(y)]
        positives = sum(y > 0.5 for _, y in known)
        for x, y in known:
            p = 1 / (1 + math.exp(-x))
            factor = 1.0 if positive_weight is None else positive_weight[u]
            loss = -(factor * y * math.log(p) + (1 - y) * math.log(1 - p))
            if balance:
                loss *= len(known) / (2 * (positives if y > 0.5 else len(known) - positives))
            total += loss
            count += 1
    return total / max(count, 1)


def softmax(logits: Rows, target: list[int], counts: list[float] | None = None) -> float:
    losses = []
    for row, t in zip(logits, target, strict=True):
        if t >= 0:
            prior = [0.0] * len(row) if counts is None else [math.log(c) for c in counts]
            losses.append(-log_softmax_at({k: x + prior[k] for k, x in enumerate(row)}, t))
    return sum(losses) / max(len(losses), 1)


def smooth_l1(prediction: Rows, target: Rows, width: float) -> float:
    losses = []
    for p_row, t_row in zip(prediction, target, strict=True):
        for p, t in zip(p_row, t_row, strict=True):
            if not math.isnan(t):
                e = abs(p - t)
                losses.append(e * e / (2 * width) if e < width else e - width / 2)
    return sum(losses) / max(len(losses), 1)


def concordance(prediction: Rows, target: Rows) -> float:
    losses = []
    for c in range(len(target[0])):
        pairs = [
            (p[c], t[c]) for p, t in zip(prediction, target, strict=True) if not math.isnan(t[c])
        ]
        n = len(pairs)
        if n < 2:
            continue
        mp, mt = sum(p for p, _ in pairs) / n, sum(t for _, t in pairs) / n
        cov = sum((p - mp) * (t - mt) for p, t in pairs) / n
        var = sum((p - mp) ** 2 + (t - mt) ** 2 for p, t in pairs) / n
        losses.append(1 - 2 * cov / (var + (mp - mt) ** 2))
    return sum(losses) / max(len(losses), 1)
