"""The loader's benchmark runs, and the loader keeps its promise, noise allowed for."""

from mien.bench.loader import measure


def test_the_loader_keeps_most_of_the_decoders_speed() -> None:
    """80 % is promised (docs/store.md has the figures); a busy machine is granted a fifth."""
    found = measure(images=256, repeats=3)
    assert (found.images, found.size) == (256, 112)
    by_name = {speed.name: speed for speed in found.speeds}
    assert len(by_name) == 4
    for speed in found.speeds:
        assert 0 < speed.lowest <= speed.ratio <= speed.highest
    assert by_name["loader, from memory"].highest > 1
    rows = found.rows()
    assert rows[0]["name"] == "bare decode"
    assert all({"name", "images_per_second", "ratio"} <= row.keys() for row in rows)
