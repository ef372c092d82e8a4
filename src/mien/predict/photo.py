"""A photo that was read: its faces in order, and as a table."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, overload

from mien.bundle import Bundle
from mien.predict.reading import FaceReading

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from mien.predict.layouts import LayoutName


class Photo(Sequence[FaceReading]):
    """Faces of one photo, largest first.

    Args:
        faces: their readings.
        source: name of the file; empty for an array.
        width: of the photo, px.
        height: likewise.
        bundle: the model that read them.
        expressions: whether expressions, valence and arousal were asked for.
        prompts: phrases that were asked.
        purpose: what expressions were read for; empty without them.
    """

    def __init__(
        self,
        faces: Iterable[FaceReading],
        *,
        source: str,
        width: int,
        height: int,
        bundle: Bundle,
        expressions: bool = False,
        prompts: Sequence[str] = (),
        purpose: str = "",
    ) -> None:
        self._faces = tuple(faces)
        self._bundle = bundle
        self._expressions = expressions
        self._prompts = tuple(prompts)
        self.source = source
        self.width = width
        self.height = height
        self.purpose = purpose

    @overload
    def __getitem__(self, index: int) -> FaceReading: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[FaceReading, ...]: ...
    def __getitem__(self, index: int | slice) -> FaceReading | tuple[FaceReading, ...]:
        return self._faces[index]

    def __len__(self) -> int:
        return len(self._faces)

    def __repr__(self) -> str:
        count = f"{len(self)} face" + ("" if len(self) == 1 else "s")
        return f"Photo({self.source or 'array'}, {self.width} x {self.height}, {count})"

    def to_arrow(self, layout_name: "LayoutName" = "mien") -> "pa.Table":
        """A row per face, or one with status `no face`; columns as `mien predict` writes them.

        The purpose, where there is one, is in the schema's metadata.
        """
        from mien.predict import views  # here: a photo is read sooner without Arrow
        from mien.predict.layouts import Where, columns_of, layout

        where = Where(
            source=self.source, frame=0, time=None, width=self.width, height=self.height
        )  # fmt: skip
        columns = columns_of(self._bundle, expressions=self._expressions, prompts=self._prompts)
        chosen = layout(layout_name, columns)
        rows = chosen.rows(where, self._faces, status="no face")
        return views.arrow(chosen, rows, purpose=self.purpose)

    def to_pandas(self, layout_name: "LayoutName" = "mien") -> "pd.DataFrame":
        """The same as a data frame.

        Raises:
            MienError: pandas is not installed.
        """
        from mien.predict import views

        return views.pandas(self.to_arrow(layout_name))
