"""The command line through its real entry point: help, exit codes, errors that name a remedy."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from mien.assets import manifest
from mien.cli.command import Command, extra_of
from mien.cli.main import COMMANDS, find, main

PICTURE = str(Path(__file__).parents[2] / "docs" / "pictures" / "people.jpg")
ENTRY = [str(Path(sys.executable).with_name("mien"))]


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*ENTRY, *words], capture_output=True, text=True, timeout=500)


def test_help_lists_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)
    assert "example" in done.stdout
    assert done.stderr == ""


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from mien.cli.main import main; main(['--help']);"
        "heavy = {'torch', 'numpy', 'tyro', 'rich', 'cv2', 'pyarrow', 'transformers'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_version() -> None:
    assert run("--version").stdout.startswith("mien 0.")


def test_unknown_command_suggests() -> None:
    done = run("predcit")
    assert done.returncode == 2
    assert "mien predict" in done.stderr


def test_group_lists_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab"]) == 0
    shown = capsys.readouterr().out
    assert "lab make" in shown
    assert "assets fetch" not in shown


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help_with_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*name.split(), "--help"])
    assert ended.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"Example: mien {name}" in shown


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_entry_is_a_command(name: str) -> None:
    module, _, attribute = COMMANDS[name][0].partition(":")
    target = getattr(import_module(module), attribute)
    assert callable(target)
    if isinstance(target, type):
        assert issubclass(target, Command)
        assert "run" in vars(target)


def test_words_find_the_longest_name() -> None:
    assert find(["lab", "make", "--out", "x"], COMMANDS) == ("lab make", ["--out", "x"])
    assert find(["predict", "make"], COMMANDS) == ("predict", ["make"])
    assert find(["lab"], COMMANDS) is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["assets", "fetch", "nothing-of-that-name"], "remedy"),
        (["assets", "fetch"], "remedy"),
        (["train", "no-such-recipe", "--store", "s", "--out", "o"], "choose among"),
        (["evaluate", "no-such-run", "--store", "s"], "no-such-run"),
        (["export", "no-such-run", "--out", "o"], "no-such-run"),
        (["predict", "--bundle", "b", "--out", "o"], "remedy"),
        (["predict", "p.jpg", "--bundle", "b", "--out", "o"], "p.jpg"),
        (["predict", PICTURE, "--bundle", "no-such-bundle", "--out", "o"], "no-such-bundle"),
        (["data", "show", "no-such-store"], "no-such-store"),
        (["data", "pseudo", "no-such-store", "--out", "o", "--run", "r"], "r/run.json"),
        (["ask", "no-such-run", "p.jpg", "--text", "a smile"], "no-such-run"),
        (["zero-shot", "no-such-run", "--store", "s"], "no-such-run"),
        (["lab", "make", "--out", "o", "interview", "--activities", "x"], "choose one of"),
        (["lab", "clip", "--out", "o.mp4", "--number", "999999", "interview"], "choose 0 to"),
    ],
)
def test_mistakes_end_with_two_and_leave_nothing(
    words: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert says in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_an_option_that_does_not_exist_ends_with_two() -> None:
    done = run("assets", "list", "--no-such-option")
    assert done.returncode == 2
    assert "no-such-option" in done.stderr


def test_missing_extra_names_the_pip_line() -> None:
    script = (
        "import sys; sys.modules['torch'] = None; from mien.cli.main import main;"
        "sys.exit(main(['recipes']))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "pip install -c constraints.txt '.[train]'" in done.stderr


def test_extras_are_those_of_the_project() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    names = [one.split(">")[0] for one in project["project"]["optional-dependencies"]["train"]]
    assert {extra_of(name) for name in names} == {"train"}
    assert extra_of("torch.nn") == "train"
    assert extra_of("numpy") is None


def test_ctrl_c_ends_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from mien.cli.assets import List

    def interrupted(self: List) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(List, "run", interrupted)
    assert main(["assets", "list"]) == 1
    assert "go on" in capsys.readouterr().err


def test_names_of_assets_are_whole_however_narrow_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["assets", "list", "--cache", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert all(f" {each.name} " in shown for each in manifest())
