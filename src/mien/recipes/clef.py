"""CLEF (Zhang et al., ICCV 2023): pre-training by activities, fine-tuning by label texts.

The paper's hyperparameters are not known to us; all numbers here are our choices, for a
MobileNetV2 that starts from ImageNet weights and a frozen MiniLM. For the paper's towers replace
`backbone` and `method.text` by CLIP's.
"""

from dataclasses import replace

from mien.data.samplers import ActivityBalanced
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.clef_stage2 import ClefFinetune
from mien.models.minilm import MiniLM
from mien.models.mobilenet_v2 import MobileNetV2
from mien.recipes.run import DataPlan, Optimiser, Run


def clef_pretrain() -> Run:
    """CLEF stage 1: faces of one activity attract each other and the activity's text."""
    return Run(
        name="clef-pretrain",
        method=ClefPretrain(text=MiniLM()),
        backbone=MobileNetV2(),
        data=DataPlan(activities="bp4d", sampler=ActivityBalanced()),
        optimiser=Optimiser(lr_image=3e-4, lr_text=2e-5),
        epochs=10,
        batch=64,
    )


def clef_pretrain_images() -> Run:
    """CLEF stage 1 without activity texts (PI only): images of one activity attract."""
    run = clef_pretrain()
    method = ClefPretrain(text=MiniLM(), texts=False)
    return replace(run, name="clef-pretrain-images", method=method)


def clef_finetune() -> Run:
    """CLEF stage 2 (N and D) from stage 1's encoder: faces meet label names and descriptions."""
    run = clef_no_stage1()
    return replace(run, name="clef-finetune", init="runs/clef-pretrain")


def clef_no_stage1() -> Run:
    """CLEF stage 2 (N and D) straight from ImageNet weights: what stage 1 is judged by."""
    return Run(
        name="clef-no-stage1",
        method=ClefFinetune(text=MiniLM()),
        backbone=MobileNetV2(),
        data=DataPlan(),
        optimiser=Optimiser(lr_image=3e-4, lr_text=2e-5),
        epochs=10,
        batch=64,
    )
