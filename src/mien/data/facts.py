"""`store.json`: what a sealed store says about itself; the one file that makes it whole."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from mien import atomic
from mien.data.shard import ShardFacts, safe_shard_name
from mien.errors import MienError

FACTS_FILE: Final = "store.json"
FORMAT: Final = 1
_MANIFEST = re.compile(r"manifest(\.\d+)?\.parquet")


@dataclass(frozen=True, kw_only=True)
class StoreFacts:
    """The content of `store.json`."""

    name: str = ""
    """What the store is called in reports."""
    template: str = ""
    """Name of the canonical template its crops were made with; "" if unknown."""
    template_digest: str = ""
    """Digest of that template."""
    size: int | None = None
    """Edge of every image in pixels, or None if they differ or are not square."""
    rows: int = 0
    """Number of records."""
    generation: int = 0
    """How often subjects have been removed since the store was sealed."""
    manifest: str = "manifest.parquet"
    """File name of the manifest."""
    manifest_bytes: int = 0
    """Size of the manifest in bytes."""
    digest: str = ""
    """sha256 of the manifest; as it holds every record's crc32, it stands for the store."""
    shards: tuple[ShardFacts, ...] = ()
    """The shards, in order."""
    created: Mapping[str, Any] = field(default_factory=dict)
    """How the store was made: JSON values, written by whoever made it."""


def manifest_name(generation: int) -> str:
    """File name of the manifest of a generation: plain for a store as sealed."""
    return f"manifest.{generation}.parquet" if generation else "manifest.parquet"


def write_facts(folder: Path, facts: StoreFacts) -> None:
    """Write `store.json` atomically; from this moment the store is what `facts` says."""
    content = asdict(facts) | {
        "format": FORMAT,
        "created": dict(facts.created),
        "shards": [shard._asdict() for shard in facts.shards],
    }
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)
    atomic.write_text(folder / FACTS_FILE, text + "\n")


def read_facts(folder: Path) -> StoreFacts:
    """Read and check `store.json`.

    Raises:
        MienError: missing, malformed, of another format, or naming a file outside the store.
    """
    path = folder / FACTS_FILE
    remedy = "name a folder that mien has written as a store, or rebuild it"
    try:
        content = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MienError(
            "not a store: there is no store.json", remedy=remedy, path=folder
        ) from error
    except (OSError, ValueError) as error:
        raise MienError(f"store.json is unreadable ({error})", remedy=remedy, path=path) from error
    if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
        raise MienError(f"not a store of format {FORMAT}", remedy=remedy, path=path)
    try:
        shards = tuple(ShardFacts(**shard) for shard in content.pop("shards"))
        facts = StoreFacts(**content, shards=shards)
    except (TypeError, KeyError) as error:
        raise MienError(f"store.json is malformed ({error})", remedy=remedy, path=path) from error
    _check(facts, path)
    return facts


def _check(facts: StoreFacts, path: Path) -> None:
    """Refuse names that could lead out of the store, and facts of the wrong type."""
    for name in (shard.name for shard in facts.shards):
        if not isinstance(name, str) or not safe_shard_name(name):
            raise MienError(f"{name!r} is not a shard's name", remedy="rebuild it", path=path)
    if not isinstance(facts.manifest, str) or _MANIFEST.fullmatch(facts.manifest) is None:
        raise MienError(f"{facts.manifest!r} is not a manifest", remedy="rebuild it", path=path)
    numbers = [facts.rows, facts.generation, facts.manifest_bytes]
    numbers += [number for shard in facts.shards for number in (shard.bytes, shard.records)]
    if not all(isinstance(number, int) and number >= 0 for number in numbers):
        raise MienError("a count in store.json is not a number", remedy="rebuild it", path=path)
