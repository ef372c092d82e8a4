"""Counters in the text format of Prometheus; no address, path or file name goes in."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_HELP = {
    "mien_requests_total": ("counter", "requests answered, by route and status"),
    "mien_request_seconds": ("histogram", "time to answer, by route"),
    "mien_refused_total": ("counter", "requests refused before they were read, by reason"),
    "mien_faces_total": ("counter", "faces found, by status"),
    "mien_batches_total": ("counter", "runs of the network"),
    "mien_batch_faces_total": ("counter", "faces scored in them"),
    "mien_jobs_total": ("counter", "clips finished, by state"),
    "mien_frames_total": ("counter", "frames of clips read"),
    "mien_photos_in_flight": ("gauge", "photos on their way"),
    "mien_jobs_open": ("gauge", "clips waiting or being read"),
}
"""Every metric, its kind and what it counts."""

Labels = Mapping[str, str]
_Key = tuple[str, tuple[tuple[str, str], ...]]


class Metrics:
    """Counts what the service does; safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[_Key, float] = defaultdict(float)
        self._times: dict[_Key, list[float]] = {}
        self._gauges: dict[str, Callable[[], float]] = {}

    def add(self, name: str, value: float = 1.0, **labels: str) -> None:
        """Count `value` more."""
        with self._lock:
            self._counts[name, tuple(sorted(labels.items()))] += value

    def took(self, name: str, seconds: float, **labels: str) -> None:
        """Put a time into a histogram."""
        with self._lock:
            key = (name, tuple(sorted(labels.items())))
            buckets = self._times.setdefault(key, [0.0] * (len(_BOUNDS) + 2))
            for place, bound in enumerate(_BOUNDS):
                buckets[place] += seconds <= bound
            buckets[-2] += 1
            buckets[-1] += seconds

    def gauge(self, name: str, value: Callable[[], float]) -> None:
        """Ask `value` whenever the metrics are read."""
        self._gauges[name] = value

    def text(self) -> str:
        """All of it, in the text format 0.0.4."""
        with self._lock:
            counts = dict(self._counts)
            times = {key: list(values) for key, values in self._times.items()}
        lines: list[str] = []
        for name, (kind, help_text) in _HELP.items():
            lines += [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]
            lines += [
                f"{name}{_braces(labels)} {value:g}"
                for (found, labels), value in sorted(counts.items())
                if found == name
            ]
            for (found, labels), buckets in sorted(times.items()):
                lines += _histogram(name, labels, buckets) if found == name else []
            if name in self._gauges:
                lines.append(f"{name} {self._gauges[name]():g}")
        return "\n".join(lines) + "\n"


def _histogram(name: str, labels: tuple[tuple[str, str], ...], buckets: list[float]) -> list[str]:
    bounds = [*(f"{bound:g}" for bound in _BOUNDS), "+Inf"]
    lines = [
        f"{name}_bucket{_braces((*labels, ('le', bound)))} {count:g}"
        for bound, count in zip(bounds, buckets[:-1], strict=True)
    ]
    return [
        *lines,
        f"{name}_sum{_braces(labels)} {buckets[-1]:.6f}",
        f"{name}_count{_braces(labels)} {buckets[-2]:g}",
    ]


def _braces(labels: tuple[tuple[str, str], ...]) -> str:
    if not labels:
        return ""
    inside = ",".join(f'{key}="{value}"' for key, value in labels)
    return "{" + inside + "}"
