"""Chatter is left out, everything else is heard."""

import os
import subprocess
import sys

import cv2
import pytest

from mien.faces.quiet import silent_opencv, without_chatter


def test_only_chatter_is_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    with without_chatter():
        os.write(2, b"INFO: Created a delegate\nERROR: it is broken\nhalf a line")
    os.write(2, b", and after")
    assert capfd.readouterr().err == "ERROR: it is broken\nhalf a line, and after"


def test_errors_pass(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), without_chatter():
        raise KeyError
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


def test_it_does_without_stderr() -> None:
    code = (
        "import os; from mien.faces.quiet import without_chatter\n"
        "os.close(2)\nwith without_chatter():\n    print('done')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "done\n"


def test_opencv_is_silent_for_a_while(capfd: pytest.CaptureFixture[str]) -> None:
    before = cv2.utils.logging.getLogLevel()
    with silent_opencv():
        assert not cv2.VideoCapture(9).isOpened()
    assert capfd.readouterr().err == ""
    with pytest.raises(KeyError), silent_opencv():
        raise KeyError
    assert cv2.utils.logging.getLogLevel() == before


def test_the_landmarker_starts_in_silence() -> None:
    code = "from mien.faces.landmarker import Landmarker; print(Landmarker().runner)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout
    assert done.stderr == ""
