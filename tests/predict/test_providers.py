import pytest

from mien.errors import MienError
from mien.predict.providers import CPU, choose

CUDA = "CUDAExecutionProvider"
OFFERED = ("TensorrtExecutionProvider", CUDA, CPU)


def test_a_graphics_card_comes_first_where_there_is_one():
    assert choose(available=OFFERED) == [CUDA, CPU]
    assert choose(available=(CPU,)) == [CPU]


def test_others_are_used_when_named_and_the_processor_takes_the_rest():
    assert choose(["tensorrt"], available=OFFERED) == ["TensorrtExecutionProvider", CPU]
    assert choose(["cpu"], available=OFFERED) == [CPU]
    assert choose([CUDA, "cuda", "CPU"], available=OFFERED) == [CUDA, CPU]


def test_a_provider_that_is_not_there_is_refused():
    with pytest.raises(MienError, match="no provider 'coreml'") as refused:
        choose(["coreml"], available=OFFERED)
    assert "cpu, cuda, tensorrt" in str(refused.value)


def test_this_machine_runs_the_network_somehow():
    assert choose()[-1] == CPU
