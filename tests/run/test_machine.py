"""What is read from the machine, and from limits that a container or batch job sets."""

import shutil
from collections import namedtuple

import psutil
import pytest

from pipeline.run import machine
from pipeline.run.machine import available_memory, cores, free_disk, instructions

_GB = 10**9


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """Give a function that writes control-group files; the machine has 8 cores and 64 GB."""
    monkeypatch.setattr(machine, "_MEMBERSHIP", tmp_path / "membership")
    monkeypatch.setattr(machine, "_GROUPS", tmp_path / "groups")
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 64 * _GB}))

    def make(membership: str, **files: str) -> None:
        (tmp_path / "membership").write_text(membership)
        for name, text in files.items():
            file = tmp_path / "groups" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{text}\n")

    return make


def test_this_machine_has_something_to_give():
    assert 1 <= cores() <= psutil.cpu_count()
    assert 0 < available_memory() <= psutil.virtual_memory().total


def test_without_groups_the_machine_is_the_limit(groups):
    assert (cores(), available_memory()) == (8, 64 * _GB)
    groups("0::/\n", **{"memory.max": "max", "memory.current": "5", "cpu.max": "max 100000"})
    assert (cores(), available_memory()) == (8, 64 * _GB)


def test_a_group_of_version_2_limits(groups):
    groups("0::/\n", **{"memory.max": str(4 * _GB), "memory.current": str(_GB), "cpu.max": "250000 100000"})
    assert available_memory() == 3 * _GB
    assert cores() == 3


def test_a_group_of_version_1_limits(groups):
    groups(
        "5:memory:/\n2:cpu,cpuacct:/\n0::/\n",
        **{
            "memory/memory.limit_in_bytes": str(4 * _GB),
            "memory/memory.usage_in_bytes": str(_GB),
            "cpu/cpu.cfs_quota_us": "50000",
            "cpu/cpu.cfs_period_us": "100000",
        },
    )
    assert available_memory() == 3 * _GB
    assert cores() == 1
    groups("2:cpu:/\n", **{"cpu/cpu.cfs_quota_us": "-1"})
    assert cores() == 8


def test_file_cache_can_be_had(groups):
    full = {"memory.max": str(4 * _GB), "memory.current": str(4 * _GB)}
    groups("0::/\n", **full, **{"memory.stat": "anon 7\nactive_file 5\ninactive_file 3000000000\n"})
    assert available_memory() == 3 * _GB


def test_the_tightest_group_counts_from_the_jobs_own_up(groups):
    job = {"slurm/job/memory.max": str(2 * _GB), "slurm/job/memory.current": "0", "slurm/job/cpu.max": "400000 100000"}
    around = {"slurm/memory.max": str(9 * _GB), "slurm/memory.current": str(8 * _GB)}
    groups("0::/slurm/job\n", **job)
    assert (cores(), available_memory()) == (4, 2 * _GB)
    groups("0::/slurm/job\n", **around)
    assert available_memory() == _GB


def test_a_group_that_a_container_names_from_outside_is_found_at_the_top(groups):
    groups("0::/docker/7ab\n", **{"memory.max": str(_GB), "memory.current": "0"})
    assert available_memory() == _GB


def test_usage_above_the_limit_leaves_nothing(groups):
    groups("0::/\n", **{"memory.max": "5", "memory.current": "9"})
    assert available_memory() == 0


def test_disk_of_a_folder_that_is_not_made_yet(tmp_path, monkeypatch):
    Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as shutil has it
    asked = []
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: asked.append(folder) or Usage(9, 4, 5))
    assert free_disk(tmp_path / "a/b/c") == 5
    monkeypatch.chdir(tmp_path)
    assert free_disk(tmp_path.relative_to(tmp_path) / "out") == 5
    assert [str(folder) for folder in asked] == [str(tmp_path), "."]


def test_instructions_are_told_and_so_is_what_torch_is_told_to_do_without(monkeypatch):
    monkeypatch.delenv("ATEN_CPU_CAPABILITY", raising=False)
    there = {"avx2": True, "fma": True, "avx512f": False, "sse": True}
    monkeypatch.setattr("llvmlite.binding.get_host_cpu_features", lambda: there)
    assert instructions() == "avx2 fma"
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "default")
    assert instructions() == "avx2 fma, ATEN_CPU_CAPABILITY=default"
