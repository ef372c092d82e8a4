"""A recipe at a size of seconds: the same method on nets that need no files."""

from dataclasses import fields, replace
from math import lcm

from mien.data.tuples import Tuples
from mien.data.windows import ClipWindows
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.clp import CLP
from mien.methods.method import Method
from mien.methods.moco import MoCo
from mien.methods.ours import Ours
from mien.methods.sslfer import SslFer
from mien.models.small64 import Small64
from mien.models.tiny_text import TinyText
from mien.recipes.run import Run

NET = Small64(size=32, channels=(8, 16, 16, 24, 32))
LOOK = Small64(size=64, channels=(8, 8, 8, 16, 16))
TEXT = TinyText(dim=32, depth=1, heads=2)
MEMORY = 6
"""Faces remembered: full after two or three steps."""


def shrunk(run: Run) -> Run:
    """The run on tiny nets; what it compares stays the same."""
    return replace(run, method=_method(run.method), backbone=NET)


def fitted(run: Run, batch: int) -> Run:
    """The run at a batch near `batch` that whole groups fill: clips of frames, tuples of four."""
    group = 2
    if isinstance(run.data.sampler, ClipWindows):
        group = lcm(group, run.data.sampler.frames)
    if isinstance(run.data.sampler, Tuples):
        group = lcm(group, run.data.sampler.rows)
    return replace(run, batch=max(1, batch // group) * group)


def _method(method: Method) -> Method:
    if isinstance(method, ClefPretrain | ClefFinetune):
        return replace(method, text=TEXT, joint=32)
    if isinstance(method, SslFer):
        look = None if method.mask is None else replace(method.mask, descriptor=LOOK)
        return replace(method, mask=look, dim=32)
    if isinstance(method, CLP | MoCo):
        return replace(method, memory=MEMORY, dim=32)
    if isinstance(method, Ours):
        across = method.across and replace(method.across, memory=MEMORY, dim=32)
        return replace(method, across=across, dim=32)
    named = {each.name for each in fields(method)}
    return replace(method, hidden=32) if "hidden" in named else method
