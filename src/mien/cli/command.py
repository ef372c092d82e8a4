"""What a command is: a frozen dataclass of its options with a `run` that returns an exit code."""

from abc import ABC, abstractmethod
from collections.abc import Callable

CommandTable = dict[str, tuple[str, str]]
"""Command words → (`module:Class` or `module:function`, one-line summary)."""

EXTRAS = {
    "serve": (
        "fastapi",
        "h11",
        "multipart",
        "pydantic",
        "python_multipart",
        "starlette",
        "uvicorn",
    ),
    "train": (
        "numba",
        "onnx",
        "onnxscript",
        "safetensors",
        "simplejpeg",
        "tensorboard",
        "tokenizers",
        "torch",
        "transformers",
    ),
}
"""Which optional install brings which package."""


class Command(ABC):
    """A command: its fields are its options, its docstring its help, `run` its work."""

    @abstractmethod
    def run(self) -> int:
        """Do the work and return the exit code."""


def parse(
    target: type[Command] | Callable[[list[str]], Command], words: list[str], *, name: str
) -> Command:
    """Read `words` into a command; exits with code 2 on words that do not fit.

    `target` is a command's dataclass, or a function of the words where the options
    depend on them (a recipe's fields).
    """
    if not isinstance(target, type):
        return target(words)
    import tyro

    return tyro.cli(target, args=words, prog=f"mien {name}")


def extra_of(package: str | None) -> str | None:
    """Return the optional install that brings `package`, if there is one."""
    top = (package or "").partition(".")[0]
    return next((extra for extra, names in EXTRAS.items() if top in names), None)


def print_table(commands: CommandTable) -> str:
    """Return the commands as aligned lines."""
    width = max(map(len, commands))
    return "\n".join(f"  {name:<{width}}  {summary}" for name, (_, summary) in commands.items())
