"""Which learning rate a parameter belongs to."""

from torch import nn


def parameter_groups(module: nn.Module) -> dict[str, list[nn.Parameter]]:
    """Trainable parameters by the attribute that holds them.

    `encoder.*` is `image`, `text.*` is `text`, and all others are `head`.
    """
    groups: dict[str, list[nn.Parameter]] = {"image": [], "text": [], "head": []}
    places = {"encoder": "image", "text": "text"}
    for name, parameter in module.named_parameters():
        if parameter.requires_grad:
            groups[places.get(name.partition(".")[0], "head")].append(parameter)
    return groups
