"""Writing a store: images and columns in, a sealed folder out, or nothing at all."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mien import atomic
from mien.data import jpeg
from mien.data.facts import StoreFacts, manifest_name, write_facts
from mien.data.manifest import ManifestWriter, file_digest
from mien.data.schema import LABEL_COLUMNS
from mien.data.shard import Record, ShardFacts, ShardWriter, shard_name
from mien.errors import MienError

SHARD_BYTES: Final = 256 * 2**20
"""Size at which a shard is closed, in bytes."""

ROW_LIMIT: Final = 10**8
"""Member names have eight digits."""

_LABELS = frozenset(LABEL_COLUMNS)


class _AbandonedError(Exception):
    """Thrown into the folder's context to make it go."""


def default_sample_id(row: int) -> str:
    """The id of a sample that was given none: its row number when it was written."""
    return f"{row:08d}"


def is_default_sample_id(name: str) -> bool:
    """Whether an id is a row number; eight digits are kept for these."""
    return len(name) == 8 and name.isascii() and name.isdigit()


class StoreWriter:
    """Collects records in a hidden folder beside `path`, which `seal` turns into the store.

    Used as a context manager it seals at the end, or leaves nothing if an error passes.
    The store's bytes depend on the sequence of records and the arguments here, nothing else.

    Args:
        path: the store's folder; must not exist yet.
        shard_bytes: a shard is closed once it is this large.
        name, template, template_digest: recorded in `store.json`.
        created: how the store is being made, recorded there too; keep times out of it if
            equal inputs are to give equal bytes.
        quality: JPEG quality for images given as pixels.

    Raises:
        MienError: `path` exists.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        shard_bytes: int = SHARD_BYTES,
        name: str = "",
        template: str = "",
        template_digest: str = "",
        created: Mapping[str, Any] | None = None,
        quality: int = 95,
    ) -> None:
        self.path = Path(path)
        self._facts = StoreFacts(
            name=name or self.path.name,
            template=template,
            template_digest=template_digest,
            created=dict(created or {}),
        )
        self._shard_bytes, self._quality = shard_bytes, quality
        self._stack = ExitStack()
        try:
            self._folder = self._stack.enter_context(atomic.folder(self.path))
        except FileExistsError as error:
            raise MienError(
                "already exists", remedy="choose another folder, or remove it", path=self.path
            ) from error
        self._manifest = ManifestWriter(self._folder / manifest_name(0))
        self._shard: ShardWriter | None = None
        self._shards: list[ShardFacts] = []
        self._sizes: set[jpeg.Header] = set()
        self._open = True

    def __len__(self) -> int:
        return self._manifest.rows

    def add(self, image: npt.NDArray[np.uint8] | bytes, **columns: Any) -> None:  # noqa: ANN401
        """Append one image with its labels.

        Args:
            image: (height, width, 3) RGB uint8, or the bytes of a JPEG, kept as they are
                after they have been decoded once.
            columns: values of the schema's label columns; absent, None and NaN are unknown.

        Raises:
            MienError: the bytes are no whole JPEG of allowed size.
            ValueError: a column that the schema does not have.
        """
        unknown = columns.keys() - _LABELS - {"sample_id"}
        if unknown:
            raise ValueError(f"the schema has no column {min(unknown)!r}")
        if isinstance(image, bytes):
            source = str(columns.get("source") or columns.get("sample_id") or f"image {len(self)}")
            jpeg.decode(image, source=source)
            data = image
        else:
            data = jpeg.encode(image, quality=self._quality)
        self.add_record(data, columns)

    def add_record(self, data: bytes, columns: Mapping[str, Any]) -> None:
        """Append JPEG bytes known to decode, with their columns (record columns are replaced)."""
        row = len(self)
        if row >= ROW_LIMIT:
            raise MienError(
                "a store holds at most 100 million images",
                remedy="write several stores",
                path=self.path,
            )
        size = jpeg.header(data, source=f"image {row}")
        record = self._place(f"{row:08d}.jpg", data)
        self._sizes.add(size)
        identity = {"sample_id": columns.get("sample_id") or default_sample_id(row)}
        where = {**record._asdict(), "width": size.width, "height": size.height}
        self._manifest.add({**columns, **identity, **where})

    def seal(self) -> Path:
        """Finish shards and manifest and move the folder to its place, durably.

        Returns:
            The store's folder.

        Raises:
            OSError: the disk is full or read-only; nothing is left behind.
        """
        if not self._open:
            raise ValueError("the writer is sealed or abandoned already")
        try:
            self._finish()
        except BaseException:
            self.abandon()
            raise
        self._open = False
        self._stack.close()
        return self.path

    def abandon(self) -> None:
        """Remove everything written so far."""
        if not self._open:
            return
        self._open = False
        if self._shard is not None:
            self._shard.abandon()
        self._manifest.abandon()
        error = _AbandonedError()
        self._stack.__exit__(_AbandonedError, error, None)

    def __enter__(self) -> "StoreWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.abandon()
        elif self._open:
            self.seal()

    def _place(self, member: str, data: bytes) -> Record:
        if self._shard is not None and self._shard.size >= self._shard_bytes:
            self._shards.append(self._shard.close())
            self._shard = None
        if self._shard is None:
            self._shard = ShardWriter(self._folder / shard_name(len(self._shards)))
        return self._shard.add(member, data)

    def _finish(self) -> None:
        if self._shard is not None:
            self._shards.append(self._shard.close())
            self._shard = None
        self._manifest.close()
        path = self._folder / manifest_name(0)
        square = len(self._sizes) == 1 and len(set(*self._sizes)) == 1
        facts = replace(
            self._facts,
            size=next(iter(self._sizes)).width if square else None,
            rows=len(self),
            manifest_bytes=path.stat().st_size,
            digest=file_digest(path),
            shards=tuple(self._shards),
        )
        write_facts(self._folder, facts)
