"""A photo is read without waiting for what reads clips, nor for pandas."""

import subprocess
import sys

import cv2
import numpy as np

READ = """
import sys
from pathlib import Path
from mien.predict import predict_paths
photo, bundle, out, cache = sys.argv[1:]
assert predict_paths([photo], bundle, out=out, cache=Path(cache)).rows == 1
loaded = {"av", "pandas", "torch", "pyarrow.dataset"} & set(sys.modules)
assert not loaded, loaded
"""


def test_a_photo_needs_neither_ffmpeg_nor_pandas(portrait, bundle, assets_cache, tmp_path):
    photo = tmp_path / "face.png"
    cv2.imwrite(str(photo), np.ascontiguousarray(portrait[..., ::-1]))
    words = [str(photo), str(bundle), str(tmp_path / "out"), str(assets_cache)]
    subprocess.run([sys.executable, "-c", READ, *words], check=True)
