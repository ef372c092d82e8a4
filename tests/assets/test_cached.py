from pathlib import Path

import pytest

from mien.assets import cached as module
from mien.assets import default_cache, intact, locate, manifest
from mien.errors import MienError


def test_the_environment_chooses_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("MIEN_CACHE", str(tmp_path))
    assert default_cache() == tmp_path


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, Path("home/.cache/mien")),
        ("linux", {"XDG_CACHE_HOME": "/x"}, Path("/x/mien")),
        ("darwin", {}, Path("home/Library/Caches/mien")),
        ("win32", {}, Path("home/AppData/Local/mien/cache")),
        ("win32", {"LOCALAPPDATA": "/l"}, Path("/l/mien/cache")),
    ],
)
def test_each_platform_has_its_place(monkeypatch, platform, variables, expected):
    for name in ("MIEN_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(module.sys, "platform", platform)
    monkeypatch.setattr(module.Path, "home", lambda: Path("home"))
    assert default_cache() == expected


def test_a_missing_asset_names_the_command(tmp_path):
    with pytest.raises(MienError, match="mien assets fetch face-landmarker") as caught:
        locate("face-landmarker", cache=tmp_path)
    assert caught.value.path is not None


def test_a_cut_file_counts_as_missing(tmp_path):
    path = tmp_path / "assets" / "astronaut" / "astronaut.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x89PNG")
    with pytest.raises(MienError, match="not in the cache"):
        locate("astronaut", cache=tmp_path)


def test_the_fetched_assets_are_what_the_manifest_says(assets_cache):
    for entry in manifest():
        if entry.name in {"face-landmarker", "astronaut"}:
            assert intact(entry, cache=assets_cache)


def test_one_file_or_a_folder(assets_cache):
    assert locate("face-landmarker", cache=assets_cache).is_file()
    assert (locate("minilm-l6-v2", cache=assets_cache) / "tokenizer.json").is_file()
