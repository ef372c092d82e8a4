"""Any phrase against a face: the text side of a CLEF run, once it is trained."""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor

from mien import facs
from mien.errors import MienError
from mien.methods.clef_stage1 import ClefPretrainModule
from mien.methods.clef_stage2 import ClefFinetuneModule
from mien.methods.joint import projected
from mien.methods.method import MethodModule

TextSide = ClefPretrainModule | ClefFinetuneModule
"""Modules that hold a text tower beside the encoder, unless it is switched off."""


def text_side(module: MethodModule, *, name: str) -> TextSide:
    """The module, if faces and texts can be compared by it.

    Args:
        module: a trained one.
        name: the run's, for the message.

    Raises:
        MienError: the method knows no texts, or they are switched off.
    """
    if isinstance(module, ClefPretrainModule) and module.method.texts:
        return module
    if isinstance(module, ClefFinetuneModule) and module.method.compared:
        return module
    raise MienError(
        f"{name} learned from images alone: there is no text tower to ask",
        remedy="name a run of CLEF with texts, such as clef-r13-lab or clef-pretrain-lab",
    )


def face_features(
    module: TextSide, features: Float[Tensor, "batch dim"]
) -> Float[Tensor, "batch joint"]:
    """Unit features in the space of the texts, of the encoder's features."""
    return projected(module.image_projection, features)


def phrase_features(module: TextSide, phrases: Sequence[str]) -> Float[Tensor, "label joint"]:
    """Unit features of noun phrases, prompted as the run's own label names are.

    A stage 1, which has no label names, takes the first template.
    """
    if isinstance(module, ClefFinetuneModule):
        return module.phrases(phrases)
    return prompt_features(module, [facs.NAME_TEMPLATES[0].format(each) for each in phrases])


def prompt_features(module: TextSide, prompts: Sequence[str]) -> Float[Tensor, "label joint"]:
    """Unit features of whole prompts, word by word as they are."""
    return projected(module.text_projection, module.text.encode(prompts))
