"""The loader's benchmark runs and says what it timed."""

from mien.bench.speed.loader import measure


def test_every_part_is_timed_beside_decoding() -> None:
    found = measure(images=64, repeats=2)
    assert (found.images, found.size) == (64, 112)
    assert [speed.name for speed in found.speeds] == [
        "loader, from shards",
        "loader, from memory",
        "views of 64 px",
        "views of 112 px",
        "rows by Shuffled",
        "rows by ActivityBalanced",
        "rows by SubjectBalanced",
        "rows by ClipNeighbours",
        "rows by ClipWindows",
    ]
    for speed in found.speeds:
        assert 0 < speed.lowest <= speed.ratio <= speed.highest
    rows = found.rows()
    assert rows[0]["name"] == "bare decode"
    assert all({"name", "images_per_second", "ratio"} <= row.keys() for row in rows)
