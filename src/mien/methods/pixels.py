"""The images of a batch as an encoder takes them."""

from jaxtyping import Float
from torch import Tensor

from mien.data.batch import Batch
from mien.errors import MienError


def every_view(batch: Batch) -> Float[Tensor, "batch view 3 height width"]:
    """The drawn views on the 0–1 scale; where none were drawn, the image itself as one view."""
    return batch.images[:, None].float() / 255 if batch.views is None else batch.views


def first_view(batch: Batch) -> Float[Tensor, "batch 3 height width"]:
    """The first of `every_view`."""
    return every_view(batch)[:, 0]


def paired(
    views: Float[Tensor, "batch view 3 height width"],
) -> Float[Tensor, "batch 2 3 height width"]:
    """The views, once it is sure that there are two.

    Raises:
        MienError: there are more or fewer.
    """
    if views.shape[1] != 2:
        raise MienError(
            f"two views of each image are compared, not {views.shape[1]}",
            remedy="draw as many views as `method.views` says",
        )
    return views
