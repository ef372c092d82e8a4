"""AdamW over a method's parameter groups, and its state as named tensors."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from mien.engine.schedule import factor
from mien.methods.method import MethodModule
from mien.recipes.run import Optimiser


def build(plan: Optimiser, module: MethodModule) -> torch.optim.AdamW:
    """AdamW with a learning rate per group; vectors and scalars are not decayed.

    Raises:
        ValueError: the module's groups are not exactly its trainable parameters.
    """
    rates = {"image": plan.lr_image, "text": plan.lr_text, "head": plan.lr_head}
    grouped = module.parameter_groups()
    listed = [id(p) for members in grouped.values() for p in members]
    trainable = {id(p) for p in module.parameters() if p.requires_grad}
    if len(listed) != len(set(listed)) or set(listed) != trainable:
        raise ValueError(f"{type(module).__name__}'s groups are not its trainable parameters")
    groups = [
        {"params": chosen, "peak": rates[name], "lr": rates[name], "weight_decay": decay}
        for name, members in grouped.items()
        for chosen, decay in _by_decay(members, plan.weight_decay)
        if chosen
    ]
    on_cuda = any(p.is_cuda for p in module.parameters())
    return torch.optim.AdamW(groups, betas=plan.betas, eps=plan.epsilon, fused=on_cuda or None)


def set_rates(optimiser: torch.optim.Optimizer, plan: Optimiser, *, step: int, steps: int) -> float:
    """Set every group's learning rate for `step`; returns the factor on the peak rates."""
    scale = factor(
        step,
        steps=steps,
        warmup=plan.warmup,
        floor=plan.floor,
        hold=plan.hold,
        stretch=plan.stretch,
    )
    for group in optimiser.param_groups:
        group["lr"] = group["peak"] * scale
    return scale


def clip(optimiser: torch.optim.Optimizer, largest: float | None) -> Tensor:
    """Scale the whole gradient down to norm `largest` if it is longer; returns its norm before."""
    members = [p for group in optimiser.param_groups for p in group["params"]]
    return nn.utils.clip_grad_norm_(members, float("inf") if largest is None else largest)


def tensors(optimiser: torch.optim.Optimizer, module: nn.Module) -> dict[str, Tensor]:
    """The optimiser's state, keyed by `parameter|quantity`."""
    return {
        f"{name}|{key}": value
        for name, parameter in _named(optimiser, module)
        for key, value in optimiser.state.get(parameter, {}).items()
    }


def restore(
    optimiser: torch.optim.Optimizer, module: nn.Module, found: Mapping[str, Tensor]
) -> None:
    """Put back what `tensors` returned, whatever the order of groups was then."""
    by_name: dict[str, dict[str, Tensor]] = {}
    for key, value in found.items():
        name, _, quantity = key.rpartition("|")
        by_name.setdefault(name, {})[quantity] = value
    state = {
        index: by_name[name]
        for index, (name, _) in enumerate(_named(optimiser, module))
        if name in by_name
    }
    optimiser.load_state_dict(
        {"state": state, "param_groups": optimiser.state_dict()["param_groups"]}
    )


def _named(
    optimiser: torch.optim.Optimizer, module: nn.Module
) -> Iterator[tuple[str, nn.Parameter]]:
    names = {id(parameter): name for name, parameter in module.named_parameters()}
    for group in optimiser.param_groups:
        for parameter in group["params"]:
            yield names[id(parameter)], parameter


def _by_decay(members: list[nn.Parameter], decay: float) -> list[tuple[list[nn.Parameter], float]]:
    return [([p for p in members if p.ndim > 1], decay), ([p for p in members if p.ndim <= 1], 0.0)]
