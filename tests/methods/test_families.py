"""A method is abstract or final: none inherits from another, neither its config nor its module."""

import inspect
import pkgutil
from importlib import import_module

import pytest

from mien import methods
from mien.methods.method import Method, MethodModule


def offspring(kind: type) -> set[type]:
    """Every class below a class."""
    children = set(kind.__subclasses__())
    return children.union(*map(offspring, children))


@pytest.mark.parametrize("root", [Method, MethodModule])
def test_what_is_inherited_from_is_abstract(root):
    for module in pkgutil.iter_modules(methods.__path__):
        import_module(f"mien.methods.{module.name}")
    found = {kind for kind in offspring(root) if kind.__module__.startswith("mien.")}
    concrete = {kind for kind in found if not inspect.isabstract(kind)}
    assert len(concrete) > 8
    for kind in concrete:
        heirs = [each.__name__ for each in offspring(kind) & found]
        assert not heirs, f"{kind.__name__} is inherited by {heirs}"
