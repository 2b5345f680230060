import pytest

from pipeline.cluster.places import gpu_names, worker_layout
from pipeline.cluster.slurm import slurm_options
from pipeline.config import ClusterConfig, SlurmConfig
from pipeline.errors import ConfigError


def _options(layout):
    return {name: worker["options"] for name, worker in layout.items()}


def test_cpu_workers_have_one_thread_and_offer_nothing():
    layout = _options(worker_layout(ClusterConfig(device="cpu"), 3))
    assert sorted(layout) == ["cpu-0", "cpu-1", "cpu-2"]
    for options in layout.values():
        assert options["nthreads"] == 1
        assert options["resources"] == {}


def test_one_worker_per_gpu_and_others_that_presegment():
    layout = _options(worker_layout(ClusterConfig(device="cpu", gpus=(0, 3)), 2))
    assert sorted(layout) == ["cpu-0", "cpu-1", "gpu-0-0", "gpu-3-0"]
    assert layout["gpu-3-0"]["resources"] == {"GPU": 1}
    assert layout["gpu-3-0"]["env"]["CUDA_VISIBLE_DEVICES"] == "3"
    assert layout["cpu-0"]["resources"] == {"CPU": 1}
    assert not layout["cpu-0"]["env"]["CUDA_VISIBLE_DEVICES"]


def test_workers_that_share_a_gpu_offer_one_each():
    layout = _options(worker_layout(ClusterConfig(device="cpu", gpus=(0, 3), per_gpu=2), 1))
    assert sorted(layout) == ["cpu-0", "gpu-0-0", "gpu-0-1", "gpu-3-0", "gpu-3-1"]
    for name, options in layout.items():
        _, device, *_ = name.split("-")
        if name != "cpu-0":
            assert options["resources"] == {"GPU": 1}
            assert options["env"]["CUDA_VISIBLE_DEVICES"] == device


def test_gpus_are_counted_within_the_visible_ones(monkeypatch):
    monkeypatch.setattr("pipeline.device.has_cuda", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 3)
    assert gpu_names(ClusterConfig()) == ["0", "1", "2"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,5,GPU-ab")
    assert gpu_names(ClusterConfig()) == ["2", "5", "GPU-ab"]
    # CUDA ends at what it does not know.
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2, 5,GPU-ab,-1,7")
    assert gpu_names(ClusterConfig()) == ["2", "5", "GPU-ab"]
    assert gpu_names(ClusterConfig(gpus=(2, 0))) == ["GPU-ab", "2"]
    with pytest.raises(ConfigError, match=r"GPU 3.*3 are visible"):
        gpu_names(ClusterConfig(gpus=(3,)))


def test_gpus_that_are_not_there_are_an_error(monkeypatch):
    monkeypatch.setattr("pipeline.device.has_cuda", lambda: False)
    assert gpu_names(ClusterConfig()) == []
    with pytest.raises(ConfigError, match=r"cluster\.gpus = \[0\]"):
        gpu_names(ClusterConfig(gpus=(0,)))


def test_gpus_of_other_machines_are_not_looked_for_here(monkeypatch):
    monkeypatch.setattr("pipeline.device.has_cuda", lambda: False)
    assert gpu_names(ClusterConfig(device="cuda", slurm={"gpus": 1})) == []
    assert gpu_names(ClusterConfig(device="cuda", scheduler="tcp://h:1")) == []


def test_slurm_jobs_ask_for_what_was_set():
    config = SlurmConfig(jobs=4, cores=6, memory="20GB", queue="long", gpus=1, directives=("--exclusive",))
    job = pytest.importorskip("dask_jobqueue.slurm").SLURMJob(
        scheduler="tcp://127.0.0.1:1", name="worker", **slurm_options(config)
    )
    script = job.job_script()
    for line in ("#SBATCH -p long", "#SBATCH --cpus-per-task=6", "#SBATCH --mem=19G", "#SBATCH --exclusive"):
        assert line in script
    assert "#SBATCH --gres=gpu:1" in script
    assert "--resources GPU=1" in script
