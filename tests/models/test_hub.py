"""Hubs are never asked; folders that transformers itself saves are read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from mien.errors import MienError
from mien.models.backbone import Backbone
from mien.models.clip_image import ClipImage
from mien.models.convnext import ConvNeXt
from mien.models.mobilenet_v2 import MobileNetV2
from mien.models.resnet import ResNet
from mien.models.vit import ViT

HALF = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}


def test_mobilenet_folder(tmp_path: Path) -> None:
    from transformers import MobileNetV2Config, MobileNetV2ForImageClassification

    torch.manual_seed(0)
    saved = MobileNetV2ForImageClassification(MobileNetV2Config(depth_multiplier=0.25)).eval()
    saved.save_pretrained(tmp_path)
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(HALF))
    backbone = MobileNetV2(weights=str(tmp_path), size=64)
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        expected = saved.mobilenet_v2((images - 0.5) / 0.5).pooler_output
        assert_close(backbone.build(seed=0)(images), expected)
    assert backbone.width == expected.shape[1]


HUB = [
    ViT(model="google/vit-base-patch16-224"),
    ConvNeXt(model="facebook/convnext-tiny-224"),
    ResNet(model="microsoft/resnet-18"),
    ClipImage(model="openai/clip-vit-base-patch16"),
    MobileNetV2(weights="google/mobilenet_v2_1.0_224"),
]


@pytest.mark.parametrize("config", HUB, ids=lambda config: type(config).__name__)
def test_hub_ids_are_refused(config: Backbone) -> None:
    with pytest.raises(MienError, match="folder") as caught:
        config.build(seed=0)
    assert "mien assets fetch" in (caught.value.remedy or "")


def test_no_socket_is_opened(tmp_path: Path) -> None:
    """Neither with a folder nor with a hub id, and without the offline switch."""
    from transformers import ViTConfig, ViTModel

    small = ViTConfig(
        hidden_size=12,
        intermediate_size=20,
        num_hidden_layers=1,
        num_attention_heads=3,
        image_size=16,
        patch_size=8,
    )
    ViTModel(small, add_pooling_layer=False).save_pretrained(tmp_path)
    script = f"""
import os, socket
for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
    os.environ.pop(name, None)
def refuse(*_, **__):
    os._exit(7)
socket.socket.connect = socket.getaddrinfo = refuse
from mien.errors import MienError
from mien.models.vit import ViT
ViT(model={str(tmp_path)!r}, size=16).build(seed=0)
try:
    ViT(model="google/vit-base-patch16-224").build(seed=0)
except MienError:
    print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr
    assert done.stderr == ""
