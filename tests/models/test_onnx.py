"""Encoders that bundles are made of export to ONNX with a free batch size, and agree with torch."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from mien.models.backbone import Backbone
from mien.models.mobilenet_v2 import MobileNetV2
from mien.models.small64 import Small64


# torch 2.13 copies its own deprecated class while it decomposes an exported program.
@pytest.mark.filterwarnings("ignore:`isinstance.treespec, LeafSpec.` is deprecated:FutureWarning")
@pytest.mark.parametrize(
    "config",
    [
        Small64(),
        MobileNetV2(size=64, weights=None, multiplier=0.25),
    ],
    ids=["small64", "mobilenet"],
)
def test_export_agrees_with_torch(config: Backbone, tmp_path: Path) -> None:
    encoder = config.build(seed=3).eval()
    example = torch.rand(2, 3, config.size, config.size)
    program = torch.onnx.export(
        encoder,
        (example,),
        dynamo=True,
        input_names=["images"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        verbose=False,
    )
    program.save(tmp_path / "encoder.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "encoder.onnx")
    for count in (1, 5):
        images = torch.rand(count, 3, config.size, config.size)
        with torch.no_grad():
            expected = encoder(images).numpy()
        (found,) = session.run(None, {"images": images.numpy()})
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
