"""Tiny wheels and manifests, built on the spot."""

import hashlib
import zipfile
from pathlib import Path

from mien.assets import Asset, Member


def member(path: str, content: bytes, name: str | None = None) -> Member:
    return Member(
        path=path,
        name=path.rsplit("/", 1)[-1] if name is None else name,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def asset(name: str, members: tuple[Member, ...], package: str = "toy-faces") -> Asset:
    return Asset(
        name=name,
        package=package,
        version="1.0",
        licence="CC0-1.0",
        use="dev",
        note="a toy",
        members=members,
    )


def build(folder: Path, files: dict[str, bytes], package: str = "toy_faces") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{package}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
