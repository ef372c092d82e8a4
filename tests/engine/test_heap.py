"""Freed memory stays with the process once asked for, and is given back otherwise."""

import platform
import subprocess
import sys

import pytest

CHILD = """
import resource
from mien.engine.heap import keep_freed_memory
if {keep}:
    assert keep_freed_memory()
b"x" * (48 << 20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    b"x" * (48 << 20)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def _faults(*, keep: bool) -> int:
    """Pages that 20 allocations of the same size had to get from the system."""
    command = [sys.executable, "-c", CHILD.format(keep=keep)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's allocator is told")
def test_freed_memory_is_used_again():
    # Blocks this large (48 MB) glibc never keeps by itself; a few pages are the interpreter's.
    assert _faults(keep=True) < _faults(keep=False) / 10


def test_other_systems_are_left_alone(monkeypatch):
    from mien.engine import heap

    monkeypatch.setattr(sys, "platform", "darwin")
    assert heap.keep_freed_memory() is False
