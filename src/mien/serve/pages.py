"""The page's files, read once; no other file can be asked for."""

import hashlib
from dataclasses import dataclass
from importlib import resources

_KINDS = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
INDEX = "index.html"
"""The page itself."""


@dataclass(frozen=True, kw_only=True)
class PageFile:
    """A file as it is sent."""

    content: bytes
    kind: str
    tag: str
    """Changes with the content (`ETag`)."""


def load() -> dict[str, PageFile]:
    """The page's files by name."""
    files: dict[str, PageFile] = {}
    for entry in resources.files("mien.serve").joinpath("page").iterdir():
        suffix = entry.name.rpartition(".")[2]
        if suffix in _KINDS:
            content = entry.read_bytes()
            tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
            files[entry.name] = PageFile(content=content, kind=_KINDS[suffix], tag=tag)
    return files
