"""The bar: on a terminal's stderr only, and once something has begun."""

import pytest

from mien.cli.progress import counter


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")


def test_nothing_is_shown_before_a_first_part(
    watched: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyError), counter("reading", 3):
        raise KeyError
    with counter("reading", 1) as tell:
        tell(1, 1)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("told", "shown"), [(((1, 2), (2, 2)), "2/2"), (((7, 0),), "7/?")])
def test_a_bar_counts(
    watched: None, told: tuple[tuple[int, int], ...], shown: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with counter("reading", 0) as tell:
        for done, planned in told:
            tell(done, planned)
    said = capsys.readouterr()
    assert said.out == ""
    assert "reading" in said.err
    assert shown in said.err


def test_it_is_quiet_where_nobody_watches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    with counter("reading", 2) as tell:
        tell(1, 2)
        tell(2, 2)
    assert capsys.readouterr() == ("", "")
