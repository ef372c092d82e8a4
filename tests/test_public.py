"""What `import mien` offers, and how little it costs."""

import subprocess
import sys

import pytest

import mien


def test_the_public_face_is_a_flat_list():
    assert mien.__all__ == [
        "FaceReading", "FrameReading", "MienError", "Photo", "Video", "open", "read",
    ]  # fmt: skip
    for name in mien.__all__:
        assert callable(getattr(mien, name))
        assert name in dir(mien)
    with pytest.raises(AttributeError, match="no attribute 'write'"):
        mien.write  # noqa: B018


def test_importing_it_imports_nothing_heavy():
    program = "import mien, sys; print([m for m in sys.modules if '.' not in m])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not {"numpy", "cv2", "av", "pyarrow", "onnxruntime", "torch"} & set(eval(done.stdout))


def test_reading_never_imports_torch_or_pandas():
    program = (
        "import mien, sys; mien.read, mien.open; "
        "print('torch' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
