"""Every page's Python runs, every command in a page parses, every target it names exists."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from mien.cli.command import parse
from mien.cli.main import COMMANDS, find

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text(), flags=re.MULTILINE | re.DOTALL
    )


def commands(page: Path) -> list[list[str]]:
    """Return the words of every shell command in a page, comments and continuations resolved."""
    lines = [
        line
        for language in ("bash", "console")
        for block in blocks(page, language)
        for line in block.replace("\\\n", " ").splitlines()
    ]
    return [
        words for line in lines if (words := shlex.split(line.removeprefix("$ "), comments=True))
    ]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_there_are_pages() -> None:
    assert len(PAGES) > 8


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=name_of)
def test_python_runs(page: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace)
    namespace: dict[str, object] = {"__name__": "__page__"}
    for number, block in enumerate(blocks(page, "python")):
        exec(compile(block, f"{page.name}, block {number + 1}", "exec"), namespace)


@pytest.mark.parametrize("page", [p for p in PAGES if commands(p)], ids=name_of)
def test_commands_parse(page: Path) -> None:
    targets = set(
        re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    )
    for words in commands(page):
        if words[0] == "make":
            assert {w for w in words[1:] if "=" not in w} <= targets, words
        if words[0] == "mien" and "--help" not in words:
            found = find(words[1:], COMMANDS)
            assert found is not None, words
            name, rest = found
            module, _, attribute = COMMANDS[name][0].partition(":")
            parse(getattr(import_module(module), attribute), rest, name=name)
