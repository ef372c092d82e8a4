"""Long proofs, collected by `make soak` (MIEN_SOAK=1) only."""

import os

collect_ignore_glob = [] if os.environ.get("MIEN_SOAK") == "1" else ["test_*.py"]

if os.environ.get("MIEN_SOAK") == "1":
    from predict.conftest import bundle, face_clip  # noqa: F401
