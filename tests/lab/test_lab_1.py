"""lab-1 is what was frozen: the same settings, and the same frames when rendered anew."""

from pathlib import Path

import pytest

from mien.lab.corpus.frozen import read_record, settings
from mien.lab.corpus.reference import EACH, compare
from mien.lab.corpus.release import SIZES
from mien.lab.lab_1 import NAME, lab_1

FOLDER = Path(__file__).parent / NAME


@pytest.mark.parametrize("size", SIZES)
def test_settings_are_the_frozen_ones(size):
    kept = read_record(NAME)["sizes"][size]
    assert settings(lab_1(size)) == kept["settings"]
    assert set(kept["contents"]) == (set(kept["settings"]) if size == "small" else set())


def test_the_frozen_frames_are_rendered_again():
    release = lab_1("small")
    agreement = compare(release, FOLDER)
    assert agreement.frames == EACH * len(release.parts)
    assert agreement.holds, agreement
