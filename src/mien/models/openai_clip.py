"""Weights in CLIP's original layout, renamed for transformers."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from mien.errors import MienError

_LAYER = {
    "ln_1": "layer_norm1",
    "ln_2": "layer_norm2",
    "attn.out_proj": "self_attn.out_proj",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
}
_VISION = {
    "class_embedding": "embeddings.class_embedding",
    "positional_embedding": "embeddings.position_embedding.weight",
    "conv1.weight": "embeddings.patch_embedding.weight",
    "ln_pre.weight": "pre_layrnorm.weight",  # transformers' spelling
    "ln_pre.bias": "pre_layrnorm.bias",
    "ln_post.weight": "post_layernorm.weight",
    "ln_post.bias": "post_layernorm.bias",
}
_TEXT = {
    "token_embedding.weight": "embeddings.token_embedding.weight",
    "positional_embedding": "embeddings.position_embedding.weight",
    "ln_final.weight": "final_layer_norm.weight",
    "ln_final.bias": "final_layer_norm.bias",
}


def vision_tensors(tensors: Mapping[str, Tensor], *, path: Path) -> dict[str, Tensor]:
    """Renamed tensors of the vision transformer (`visual.*`).

    Raises:
        MienError: tensors of the tower are missing.
    """
    own = {
        name.removeprefix("visual."): value
        for name, value in tensors.items()
        if name.startswith("visual.")
    }
    renamed = {f"vision_model.{new}": _take(own, old, path) for old, new in _VISION.items()}
    renamed["visual_projection.weight"] = _take(own, "proj", path).T.contiguous()
    _layers(own, renamed, prefix="vision_model", path=path)
    return renamed


def text_tensors(tensors: Mapping[str, Tensor], *, path: Path) -> dict[str, Tensor]:
    """Renamed tensors of the text transformer (all that is not `visual.*`).

    Raises:
        MienError: tensors of the tower are missing.
    """
    own = {name: value for name, value in tensors.items() if not name.startswith("visual.")}
    renamed = {f"text_model.{new}": _take(own, old, path) for old, new in _TEXT.items()}
    renamed["text_projection.weight"] = _take(own, "text_projection", path).T.contiguous()
    _layers(own, renamed, prefix="text_model", path=path)
    return renamed


def _layers(
    own: Mapping[str, Tensor], renamed: dict[str, Tensor], *, prefix: str, path: Path
) -> None:
    depth = 0
    while f"transformer.resblocks.{depth}.attn.in_proj_weight" in own:
        old, new = f"transformer.resblocks.{depth}", f"{prefix}.encoder.layers.{depth}"
        for kind in ("weight", "bias"):
            # One matrix holds query, key and value, in this order.
            joined = _take(own, f"{old}.attn.in_proj_{kind}", path).chunk(3)
            for letter, part in zip("qkv", joined, strict=True):
                renamed[f"{new}.self_attn.{letter}_proj.{kind}"] = torch.clone(part)
            for source, target in _LAYER.items():
                renamed[f"{new}.{target}.{kind}"] = _take(own, f"{old}.{source}.{kind}", path)
        depth += 1


def _take(own: Mapping[str, Tensor], name: str, path: Path) -> Tensor:
    if name not in own:
        raise MienError(
            f"the weights file has no tensor {name}",
            remedy="give a checkpoint of a CLIP with a vision transformer, in the original layout",
            path=path,
        )
    return own[name]
