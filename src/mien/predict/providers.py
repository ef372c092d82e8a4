"""Which of ONNX Runtime's execution providers run the network: a GPU's where there is one."""

from collections.abc import Sequence
from typing import Final

from mien.errors import MienError

CPU: Final = "CPUExecutionProvider"
"""The provider that is always there, and runs what the others leave."""
PREFERRED: Final = ("CUDAExecutionProvider", "ROCMExecutionProvider", CPU)
"""Tried in this order by default. CoreML, OpenVINO, DirectML and TensorRT are used when named: they
compile, convert or round in ways that should be chosen, not met with."""


def choose(
    asked: Sequence[str] | None = None, *, available: Sequence[str] | None = None
) -> list[str]:
    """Providers for a session, best first; the CPU's always comes last.

    Args:
        asked: names such as `CUDAExecutionProvider` or short ones such as `cuda`; None takes the
            best of `PREFERRED`.
        available: of this machine; what ONNX Runtime says by default.

    Raises:
        MienError: a name that this installation of ONNX Runtime does not offer.
    """
    offered = tuple(_offered() if available is None else available)
    if asked is None:
        return [name for name in PREFERRED if name in offered or name == CPU]
    known = {name.lower().removesuffix("executionprovider"): name for name in offered}
    chosen: list[str] = []
    for name in asked:
        short = name.lower().removesuffix("executionprovider")
        if short not in known:
            raise MienError(
                f"ONNX Runtime has no provider {name!r} here; it has {', '.join(sorted(known))}",
                remedy="name one of those, or install the onnxruntime package of that device",
            )
        if known[short] not in chosen:
            chosen.append(known[short])
    return [*(name for name in chosen if name != CPU), CPU]


def _offered() -> list[str]:
    import onnxruntime

    return list(onnxruntime.get_available_providers())
