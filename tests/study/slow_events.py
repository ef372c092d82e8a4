"""Events found by slow loops over stretches: the oracle."""

import itertools

from mien.study.events import Event, Rule


def slow(times: list[float], values: list[float], rule: Rule) -> list[Event]:
    """The docstring of `mien.study.events`, frame by frame."""
    known = [(i, t, v) for i, (t, v) in enumerate(zip(times, values, strict=True)) if v == v]
    stretches: list[list[tuple[float, float]]] = []
    for number, (i, t, v) in enumerate(known):
        if number:
            j, before, _ = known[number - 1]
            if i - j == 1 or t - before <= rule.bridge:
                stretches[-1].append((t, v))
                continue
        stretches.append([(t, v)])
    return [event for stretch in stretches for event in slow_stretch(stretch, rule)]


def slow_stretch(curve: list[tuple[float, float]], rule: Rule) -> list[Event]:
    runs: list[list[int]] = []
    for i, (_, v) in enumerate(curve):
        if v >= rule.low:
            if i and curve[i - 1][1] >= rule.low:
                runs[-1][1] = i
            else:
                runs.append([i, i])
    spans = []
    for a, b in runs:
        if max(v for _, v in curve[a : b + 1]) < rule.high:
            continue
        onset = crossing(curve[a - 1], curve[a], rule.low) if a else curve[a][0]
        last = b == len(curve) - 1
        offset = curve[b][0] if last else crossing(curve[b], curve[b + 1], rule.low)
        if spans and onset - spans[-1]["offset"] <= rule.join:
            spans[-1].update(b=b, offset=offset, last=last)
        else:
            spans.append({"a": a, "b": b, "onset": onset, "offset": offset, "last": last})
    events = []
    for span in spans:
        onset, offset = span["onset"], span["offset"]
        if offset - onset < rule.shortest:
            continue
        inside = curve[span["a"] : span["b"] + 1]
        points = list(inside)
        if span["a"]:
            points.insert(0, (onset, rule.low))
        if not span["last"]:
            points.append((offset, rule.low))
        area = sum((t1 - t0) * (v0 + v1) / 2 for (t0, v0), (t1, v1) in itertools.pairwise(points))
        peak = max(v for _, v in inside)
        events.append(
            Event(
                onset=onset,
                apex=next(t for t, v in inside if v == peak),
                offset=offset,
                peak=peak,
                mean=area / (offset - onset) if offset > onset else inside[0][1],
                frames=len(inside),
                begins_open=span["a"] == 0,
                ends_open=span["last"],
            )
        )
    return events


def crossing(one: tuple[float, float], two: tuple[float, float], level: float) -> float:
    (t0, v0), (t1, v1) = one, two
    return t0 + (level - v0) / (v1 - v0) * (t1 - t0)
