"""Sheets of units: who sits, what is shown, and which files are written."""

import cv2
import numpy as np
import pytest

from mien.cli.main import main
from mien.errors import MienError
from mien.facs import LAB_AUS
from mien.lab.shows.facs_sheets import (
    COMBINATIONS,
    combination_sheet,
    facs_sheets,
    settled,
    sitters,
    unit_sheet,
)


def test_sitters_differ_and_look_ahead():
    cast = sitters(people=3)
    assert len({person.texture_seed for person, _ in cast}) == 3
    assert all((world.yaw, world.pitch, world.roll) == (0.0, 0.0, 0.0) for _, world in cast)
    assert sitters(people=2)[1][0] == cast[1][0]


def test_a_unit_s_rows_differ_from_neutral_and_columns_are_people():
    sheet = unit_sheet(12, people=2, size=32)
    assert sheet.shape == (4 + 16 + 4 * (32 + 16 + 4) + 4, 4 + 2 * 36, 3)
    faces = [sheet[20 + row * 52 + 16 :][:32, 4:36].astype(float) for row in range(4)]
    changes = [np.abs(face - faces[0]).mean() for face in faces[1:]]
    assert 0 < changes[0] < changes[1] < changes[2]
    with pytest.raises(MienError, match="99"):
        unit_sheet(99)


def test_combinations_are_of_units_the_lab_renders_and_named_once():
    names = [name for name, _ in COMBINATIONS]
    assert len(set(names)) == len(names) == 24
    for _, units in COMBINATIONS:
        assert set(units) <= set(LAB_AUS)
        face = settled(units).intensity.max(axis=1)
        assert all(face[LAB_AUS.index(unit)] > 0.5 for unit in units)
    sheet = combination_sheet(names[:2], people=3, size=16)
    assert sheet.shape[:2] == (4 + 2 * (16 + 16 + 4) + 4, 4 + 3 * 20)


def test_files_of_chosen_units_and_of_all(tmp_path, capsys):
    words = ["lab", "facs", "--out", str(tmp_path), "--people", "1", "--size", "16"]
    assert main([*words, "--units", "12", "25"]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / f"AU{n}.png") for n in (12, 25)]
    written = facs_sheets(tmp_path / "all", people=1, size=16)
    assert len(written) == len(LAB_AUS) + 6
    assert all(cv2.imread(str(path)) is not None for path in written)
    with pytest.raises(MienError, match="people"):
        facs_sheets(tmp_path, people=0)
