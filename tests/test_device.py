import pytest
import torch

from pipeline import device
from pipeline.device import gpu_models, has_cuda, memory_lacks, pick_device
from pipeline.errors import ConfigError


@pytest.mark.parametrize(
    ("name", "there", "wanted"),
    [
        ("auto", True, "cuda"),
        ("auto", False, "cpu"),
        ("cpu", True, "cpu"),
        ("cpu", False, "cpu"),
        ("cuda", True, "cuda"),
    ],
)
def test_device_is_cuda_where_it_is_wanted_and_there(monkeypatch, name, there, wanted):
    monkeypatch.setattr(device, "has_cuda", lambda: there)
    assert pick_device(name) == wanted


def test_cuda_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(device, "has_cuda", lambda: False)
    with pytest.raises(ConfigError, match=r"cluster\.device"):
        pick_device("cuda")


@pytest.mark.parametrize("there", [True, False])
def test_a_build_for_processors_alone_is_not_asked(monkeypatch, there):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    monkeypatch.setattr(device, "version", lambda _name: "2.13.0+cu126")
    assert has_cuda() == there
    monkeypatch.setattr(device, "version", lambda _name: "2.13.0+cpu")
    assert not has_cuda()


@pytest.mark.parametrize(
    ("error", "whose"),
    [
        (MemoryError(), "cpu"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes."), "cpu"),
        (torch.OutOfMemoryError("CUDA out of memory."), "gpu"),
        (RuntimeError("CUDA error: out of memory"), "gpu"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), "gpu"),
        (RuntimeError("GET was unable to find an engine to execute this computation"), "gpu"),
        (RuntimeError("CUDA error: device-side assert triggered"), None),
    ],
)
def test_whose_memory_ran_out(error, whose):
    assert memory_lacks(error) == whose


def test_models_of_gpus_are_what_the_drivers_tool_tells(tmp_path, monkeypatch):
    def asked():
        gpu_models.cache_clear()
        return gpu_models()

    monkeypatch.setenv("PATH", str(tmp_path))
    assert asked() == "unknown"
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'NVIDIA H100'\necho 'NVIDIA A40'\necho 'NVIDIA H100'\n")
    tool.chmod(0o755)
    assert asked() == "NVIDIA A40, NVIDIA H100"
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert asked() == "unknown"
    gpu_models.cache_clear()
