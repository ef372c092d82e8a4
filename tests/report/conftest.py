"""The page of a made-up smile."""

import pytest

from report import reading_sample as sample


@pytest.fixture(scope="session")
def smile(tmp_path_factory: pytest.TempPathFactory):
    from report.shown import CLIP, made

    return made(tmp_path_factory.mktemp("smile"), sample.clip(CLIP))
