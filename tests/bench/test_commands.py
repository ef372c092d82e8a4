"""`mien bench`: the commands print tables and leave a record that names the command."""

import json

from mien.cli.main import main


def test_render(tmp_path, capsys):
    out = tmp_path / "results"
    options = ["--sizes", "40", "--people", "1", "--frames", "1", "--repeats", "1", "--jobs", "0"]
    assert main(["bench", "render", *options, "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "40 px, 1 images" in shown
    assert "JPEG encoding" in shown
    assert f"{out / 'render.md'}\n" in shown
    record = json.loads((out / "render.json").read_text())
    typed = f"mien bench render --out {out} --sizes 40 --people 1 --frames 1 --repeats 1 --jobs 0"
    assert record["command"] == typed
    assert [one["size"] for one in record["figures"]["sizes"]] == [40]
    assert record["figures"]["peak_memory_mb"] > 0
    assert typed in (out / "render.md").read_text()


def test_loader(tmp_path, capsys):
    out = tmp_path / "results"
    words = ["bench", "loader", "--sizes", "32", "48", "--images", "256", "--repeats", "1"]
    assert main([*words, "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "32 px, 256 images" in shown
    assert "48 px, 256 images" in shown
    rows = json.loads((out / "loader.json").read_text())["figures"]["sizes"][1]["rows"]
    assert [row["name"] for row in rows][:2] == ["bare decode", "loader, from shards"]


def test_without_out_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["bench", "loader", "--sizes", "16", "--images", "256", "--repeats", "1"]
    assert main(words) == 0
    assert list(tmp_path.iterdir()) == []


def test_heap(tmp_path, capsys):
    out = tmp_path / "results"
    words = ["bench", "heap", "--sizes", "32", "--batch", "2", "--steps", "1", "--pairs", "1"]
    assert main([*words, "--out", str(out)]) == 0
    assert "kept / given back" in capsys.readouterr().out
    [row] = json.loads((out / "heap.json").read_text())["figures"]["sizes"]
    assert row["ratio"] == row["lowest"] == row["highest"] == row["kept"] / row["given_back"]
    assert row["memory_kept_mb"] > 50
