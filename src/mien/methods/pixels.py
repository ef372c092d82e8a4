"""The images of a batch as an encoder takes them."""

from jaxtyping import Float
from torch import Tensor

from mien.data.batch import Batch


def every_view(batch: Batch) -> Float[Tensor, "batch view 3 height width"]:
    """The drawn views on the 0–1 scale; where none were drawn, the image itself as one view."""
    return batch.images[:, None].float() / 255 if batch.views is None else batch.views


def first_view(batch: Batch) -> Float[Tensor, "batch 3 height width"]:
    """The first of `every_view`."""
    return every_view(batch)[:, 0]
