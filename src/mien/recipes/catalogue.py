"""Every named recipe, and anybody's own by `module:function`."""

import inspect
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from mien.errors import MienError
from mien.recipes import (
    baselines,
    clef,
    clp,
    demo,
    lab_probe,
    ours,
    pseudo,
    rows_lab,
    rows_paper,
    self_supervised,
    shipped,
    smoke,
    sslfer,
    sslfer_extra,
    studies,
    zero_shot,
)
from mien.recipes.run import Run

MODULES = (
    clef,
    baselines,
    rows_lab,
    rows_paper,
    zero_shot,
    pseudo,
    studies,
    clp,
    self_supervised,
    shipped,
    sslfer,
    sslfer_extra,
    ours,
    demo,
    lab_probe,
    smoke,
)
"""Where recipes live: public functions without parameters, annotated `-> Run`; and lists of runs
that are to be compared, annotated `-> tuple[Run, ...]`."""


def every() -> dict[str, Callable[[], Run]]:
    """The recipes of this package by kebab-case name, such as "clef-finetune"."""
    return {
        name.replace("_", "-"): function
        for module in MODULES
        for name, function in recipes_of(module)
    }


def lists() -> dict[str, tuple[Run, ...]]:
    """Lists of runs to compare by kebab-case name, such as "batch-size-study"."""
    return {
        name.replace("_", "-"): function()
        for module in MODULES
        for name, function in _lists_of(module)
    }


def named(name: str) -> Run:
    """The run of a name in `every()` or in one of `lists()`, or of "module:function".

    The latter names a function in a package of your own.

    Raises:
        MienError: there is no such recipe.
    """
    module_name, colon, function = name.partition(":")
    if not colon:
        found = every()
        if name in found:
            return found[name]()
        listed = {run.name: run for runs in lists().values() for run in runs}
        if name not in listed:
            raise MienError(
                f"there is no recipe {name!r}",
                remedy=f"choose among {', '.join(found)}, or name a run of a list "
                "(mien recipes --lists)",
            )
        return listed[name]
    try:
        found = dict(recipes_of(import_module(module_name)))
    except ImportError as error:
        raise MienError(
            f"{module_name!r} cannot be imported ({error})",
            remedy="install your package, or add its folder to PYTHONPATH",
        ) from error
    wanted = function.replace("-", "_")
    if wanted not in found:
        raise MienError(
            f"{module_name!r} has no recipe {function!r}",
            remedy="define a function without parameters, annotated -> Run",
        )
    return found[wanted]()


def recipes_of(module: ModuleType) -> list[tuple[str, Callable[[], Run]]]:
    """A module's own recipes, by the names of their functions."""
    return _returning(module, (Run, "Run"))


def _lists_of(module: ModuleType) -> list[tuple[str, Callable[[], tuple[Run, ...]]]]:
    return _returning(module, (tuple[Run, ...], "tuple[Run, ...]"))


def _returning(module: ModuleType, kinds: tuple[object, ...]) -> list[tuple[str, Any]]:
    return [
        (name, function)
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and not name.startswith("_")
        and function.__module__ == module.__name__
        and function.__annotations__.get("return") in kinds
        and not inspect.signature(function).parameters
    ]
