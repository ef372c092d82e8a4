"""The model that comes with the package."""

from importlib import resources
from pathlib import Path

from mien.bundle import MANIFEST_FILE
from mien.errors import MienError


def default_bundle() -> Path:
    """The bundle folder inside the installed package (`mien/shipped/NAME`).

    Raises:
        MienError: there is none, or several.
    """
    return the_one_in(Path(str(resources.files("mien"))) / "shipped")


def the_one_in(folder: Path) -> Path:
    """The one bundle folder inside `folder`.

    Raises:
        MienError: there is none, or several.
    """
    found = sorted(manifest.parent for manifest in folder.glob(f"*/{MANIFEST_FILE}"))
    if not found:
        raise MienError(
            "no model lies in this installation of mien",
            remedy="make one with `mien train shipped`, or name a bundle (--bundle FOLDER, or "
            "model= in Python)",
            path=folder,
        )
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise MienError(
            f"several models lie in this installation of mien ({names})",
            remedy="name one (--bundle FOLDER, or model= in Python)",
            path=folder,
        )
    return found[0]
