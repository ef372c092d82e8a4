"""The diary: records, cut lines, rewinding, silence on other ranks."""

import json

from mien.engine.log import BOARD, METRICS, Diary, records, rewind


def _write(folder, steps, *, at=0):
    with Diary(folder, step=at, steps=10, progress=True) as diary:
        for step in steps:
            diary.write(step, {"loss": step / 2, "undefined": None})
            diary.advance(step, step / 2)


def test_records_come_back(tmp_path):
    _write(tmp_path, [1, 2])
    assert records(tmp_path / METRICS) == [
        {"step": step, "loss": step / 2, "undefined": None} for step in (1, 2)
    ]
    assert list((tmp_path / BOARD).glob("events*"))


def test_resuming_drops_what_lies_beyond(tmp_path):
    _write(tmp_path, [1, 2, 3, 4])
    _write(tmp_path, [3], at=2)
    assert [record["step"] for record in records(tmp_path / METRICS)] == [1, 2, 3]


def test_a_cut_line_is_left_out(tmp_path):
    path = tmp_path / METRICS
    path.write_text(json.dumps({"step": 1}) + '\n{"step": 2, "lo')
    rewind(path, 5)
    assert records(path) == [{"step": 1}]


def test_other_ranks_write_nothing(tmp_path):
    with Diary(tmp_path, step=0, steps=1, progress=True, writes=False) as diary:
        diary.write(1, {"loss": 1.0})
        diary.advance(1, 1.0)
    assert not list(tmp_path.iterdir())
