"""How far a stranger's file is searched for its size before a child takes it over."""

import numpy as np
import pytest

from mien.serve import decode


@pytest.mark.parametrize(
    ("start", "searched"),
    [(b"\xff\xd8", 1_000_000), (b"\x89PNG", 1_000_000), (b"II*\0", 2_000_004)],
)
def test_a_file_is_not_searched_for_its_size_for_ever(start, searched, monkeypatch):
    lengths = []

    class Plain:
        def photo(self, content):
            lengths.append(len(content))
            return np.zeros((2, 2, 3), np.uint8)

        def close(self):
            pass

    monkeypatch.setattr(decode, "read_header", lambda content: lengths.append(len(content)))
    content = start + b"\xff" * 2_000_000
    decode.decode(content, Plain(), pixels=100)
    assert lengths == [searched, len(content)]
