"""Weights files: what is read, what is refused."""

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from mien.errors import MienError
from mien.models.tensors import fill, read_tensors


@pytest.mark.parametrize("name", ["weights.pth", "weights.safetensors"])
def test_floats_become_float32_in_order(name: str, tmp_path: Path) -> None:
    tensors = {"b": torch.ones(2).half(), "a": torch.tensor([3])}
    path = tmp_path / name
    if path.suffix == ".pth":
        torch.save(tensors, path)
    else:
        save_file(tensors, path)
    found = read_tensors(path)
    assert found["b"].dtype == torch.float32
    assert found["a"].dtype == torch.int64
    if path.suffix == ".pth":
        assert list(found) == ["b", "a"]


class Trap:
    """Unpickles into a call."""

    def __reduce__(self) -> tuple:
        return (Path.touch, (Path("sprung"),))


def test_code_in_a_weights_file_is_refused_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"a": Trap()}, tmp_path / "trap.pth")
    (tmp_path / "plain.pth").write_bytes(pickle.dumps({"a": Trap()}, protocol=2))
    for name in ("trap.pth", "plain.pth"):
        with pytest.raises(MienError, match="cannot be read") as caught:
            read_tensors(tmp_path / name)
        assert caught.value.path == str(tmp_path / name)
    assert not Path("sprung").exists()


@pytest.mark.parametrize("content", [{}, [1], {"a": 1}, {"state_dict": {"a": 1}}, torch.ones(1)])
def test_other_content_is_refused(content: object, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "odd.pth")
    with pytest.raises(MienError, match="tensors by name"):
        read_tensors(tmp_path / "odd.pth")


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04 cut"])
@pytest.mark.parametrize("name", ["bad.pth", "bad.safetensors"])
def test_damaged_files_are_refused(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MienError, match="cannot be read"):
        read_tensors(tmp_path / name)


def test_fill_is_strict(tmp_path: Path) -> None:
    layer = nn.Linear(2, 1)
    with pytest.raises(MienError, match="do not fit"):
        fill(layer, {"weight": torch.zeros(1, 2)}, path=tmp_path)
    with pytest.raises(MienError, match="do not fit"):
        fill(layer, {"weight": torch.zeros(2, 2), "bias": torch.zeros(1)}, path=tmp_path)
