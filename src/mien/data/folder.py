"""Plain folders of images: flat, or sorted into folders by expression or by subject."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from mien.data.ingest import Item
from mien.data.order import natural
from mien.errors import MienError
from mien.faces.image import SUFFIXES
from mien.facs import EXPRESSIONS_8

Layout = Literal["auto", "flat", "expressions", "subjects"]

FOLDER_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{name: name for name in EXPRESSIONS_8},
        "happy": "happiness",
        "sad": "sadness",
        "surprised": "surprise",
        "fearful": "fear",
        "afraid": "fear",
        "disgusted": "disgust",
        "angry": "anger",
        "contemptuous": "contempt",
    }
)
"""Folder names taken for expressions, in any letter case."""

SPLITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "train": "train",
        "training": "train",
        "val": "validation",
        "valid": "validation",
        "validation": "validation",
        "test": "test",
        "testing": "test",
    }
)
"""Folder names taken for splits when every folder of the root is one."""


def read_folder(
    root: str | PathLike[str],
    *,
    layout: Layout = "auto",
    classes: Mapping[str, str] | None = None,
) -> list[Item]:
    """List the images under a folder, with what their folders say.

    Layouts: `flat` knows nothing but the images; `expressions` reads
    `[<split>/]<expression>/…/<image>`; `subjects` reads `<subject>/…/<image>`, where the folders
    in between name the clip and a number as file name is the frame. `auto` is `flat` without
    folders and `expressions` where all folders bear names of expressions.

    Args:
        root: the folder.
        layout: what its folders mean.
        classes: folder name to expression, instead of `FOLDER_NAMES`.

    Returns:
        Items in natural order of their paths; files of other kinds are not listed.

    Raises:
        MienError: no such folder, no images, or folder names that the layout cannot read.
    """
    base = Path(root)
    if not base.is_dir():
        raise MienError("there is no such folder", remedy="check the path", path=base)
    images = sorted(_images(base), key=lambda path: natural(path.relative_to(base).as_posix()))
    if not images:
        endings = ", ".join(sorted(SUFFIXES))
        raise MienError("the folder has no images", remedy=f"known are {endings}", path=base)
    names = {name.lower(): value for name, value in (classes or FOLDER_NAMES).items()}
    tops = sorted({_parts(image, base)[0] for image in images if len(_parts(image, base)) > 1})
    split = bool(tops) and all(top.lower() in SPLITS for top in tops)
    chosen = _layout(layout, images, base, names=names, split=split)
    if chosen == "expressions":
        return [_by_expression(image, base, names=names, split=split) for image in images]
    if chosen == "subjects":
        return [_by_subject(image, base) for image in images]
    return [_item(image, base, {}) for image in images]


def _images(base: Path) -> list[Path]:
    """Image files by their names; hidden ones, and links that lead out of the folder, left out."""
    inside = base.resolve()
    return [
        path
        for path in base.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in _parts(path, base))
        and path.is_file()
        and path.resolve().is_relative_to(inside)
    ]


def _layout(
    layout: Layout, images: list[Path], base: Path, *, names: Mapping[str, str], split: bool
) -> Layout:
    if layout != "auto":
        return layout
    folders = {_class_folder(image, base, split=split) for image in images}
    if folders == {""} and not split:
        return "flat"
    unknown = sorted(folder for folder in folders if folder.lower() not in names)
    if not unknown:
        return "expressions"
    raise MienError(
        f"the folder {unknown[0]!r} is not named after an expression",
        remedy='say what folders mean: layout="subjects", or "flat", or give `classes`',
        path=base,
    )


def _by_expression(image: Path, base: Path, *, names: Mapping[str, str], split: bool) -> Item:
    folder = _class_folder(image, base, split=split)
    if folder.lower() not in names:
        raise MienError(
            f"the folder {folder!r} is not named after an expression",
            remedy=f"known are {', '.join(sorted(names))}; give `classes` for others",
            path=image,
        )
    labels: dict[str, Any] = {"expression": names[folder.lower()]}
    if split:
        labels["split"] = SPLITS[_parts(image, base)[0].lower()]
    return _item(image, base, labels)


def _by_subject(image: Path, base: Path) -> Item:
    parts = _parts(image, base)
    if len(parts) < 2:
        raise MienError(
            "the image lies beside the subjects' folders, not in one",
            remedy="move it into the folder of its subject",
            path=image,
        )
    labels: dict[str, Any] = {"subject": parts[0], "clip": "/".join(parts[:-1])}
    if image.stem.isdecimal():
        labels["frame"] = int(image.stem)
    return _item(image, base, labels)


def _class_folder(image: Path, base: Path, *, split: bool) -> str:
    folders = _parts(image, base)[:-1]
    return folders[split] if len(folders) > split else ""


def _parts(path: Path, base: Path) -> tuple[str, ...]:
    return path.relative_to(base).parts


def _item(image: Path, base: Path, labels: dict[str, Any]) -> Item:
    name = image.relative_to(base).as_posix()
    return Item(path=image, labels={"sample_id": name, "source": name, **labels})
