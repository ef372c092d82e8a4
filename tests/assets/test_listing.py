import json

import pytest

from mien.assets import GROUPS, asset, manifest, resolve
from mien.assets.listing import parse
from mien.errors import MienError

NAMES = {
    "face-landmarker",
    "mobilenet-v2-imagenet",
    "minilm-l6-v2",
    "bge-small-int8",
    "clip-bpe",
    "orl-faces",
    "astronaut",
    "makehuman-head",
}


def test_every_promised_asset_is_listed_once():
    names = [entry.name for entry in manifest()]
    assert len(names) == len(set(names))
    assert set(names) == NAMES


def test_assets_are_pinned_and_licensed():
    for entry in manifest():
        assert entry.requirement == f"{entry.package}=={entry.version}"
        assert entry.licence
        assert entry.note
        assert entry.use in {"ship", "dev"}
        assert len({member.name for member in entry.members}) == len(entry.members)


def test_facts_known_from_reading_the_packages():
    landmarker = asset("face-landmarker").members[0]
    assert landmarker.bytes == 3_758_596
    assert landmarker.sha256.startswith("64184e229b263107")
    assert asset("minilm-l6-v2").bytes > 90_868_376
    assert len(asset("orl-faces").members) == 400


def test_groups_name_assets_only():
    for members in GROUPS.values():
        assert set(members) <= NAMES


def test_resolve_takes_groups_and_names_each_once():
    found = [entry.name for entry in resolve(["reader", "astronaut", "face-landmarker"])]
    assert found == ["face-landmarker", "astronaut"]


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(MienError, match="no asset or group called 'nobody'"):
        resolve(["nobody"])
    with pytest.raises(MienError, match="choose among"):
        asset("nobody")


def _entry(**changes):
    member = {"path": "a/b", "name": "b", "bytes": 1, "sha256": "0" * 64}
    entry = {
        "name": "toy",
        "package": "toy",
        "version": "1",
        "licence": "MIT",
        "use": "dev",
        "note": "toy",
        "members": [member],
    }
    member.update(
        {key: changes.pop(key) for key in list(changes) if key in member and key != "name"}
    )
    if "member_name" in changes:
        member["name"] = changes.pop("member_name")
    entry.update(changes)
    return json.dumps({"format": 1, "assets": [entry]})


def test_a_sound_entry_is_read():
    assert parse(_entry())[0].members[0].name == "b"


@pytest.mark.parametrize(
    "changes",
    [
        {"member_name": "../b"},
        {"member_name": "/etc/passwd"},
        {"member_name": "a/../../b"},
        {"member_name": "..\\b"},
        {"member_name": "."},
        {"member_name": ""},
        {"sha256": "xyz"},
        {"sha256": "A" * 64},
        {"bytes": -1},
        {"name": "../toy"},
        {"name": "Toy"},
        {"members": []},
        {"members": [{"path": "a"}]},
        {"surprise": 1},
    ],
)
def test_unfit_entries_are_refused(changes):
    with pytest.raises(MienError, match="manifest of assets"):
        parse(_entry(**changes))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"assets": 3}', '{"assets": [3]}'])
def test_unreadable_manifests_are_refused(text):
    with pytest.raises(MienError, match="cannot be read"):
        parse(text)
