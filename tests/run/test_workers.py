from types import SimpleNamespace

import pytest

from pipeline.config import ClusterConfig, Config
from pipeline.run import workers as module
from pipeline.run.memory import MemoryPlan
from pipeline.run.workers import crew_for, share_gpus


@pytest.fixture(autouse=True)
def four_cores(monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: 4)


def plan(workers, *, gpus=(), asked=None, tile=10**9, **cluster):
    memory = MemoryPlan(tile=tile, prior=10**9, main=10**9)
    config = SimpleNamespace(cluster=ClusterConfig(**{"memory": 100, "workers": asked, **cluster}))
    return SimpleNamespace(workers=workers, gpus=gpus, config=config, memory=memory)


def workers_for(plans):
    return crew_for(plans)[1]


def test_one_scene_has_its_own_number():
    assert workers_for([plan(1)]) == 1


def test_several_small_scenes_have_all_cores():
    assert workers_for([plan(1), plan(1)]) == 4
    assert workers_for([plan(2), plan(1)]) == 4


def test_no_more_than_memory_has_room_for():
    assert workers_for([plan(1, memory=3.5)] * 2) == 2
    assert workers_for([plan(1, memory=2.5)] * 2) == 1


def test_the_heaviest_of_several_scenes_says_how_many():
    assert workers_for([plan(4, memory=9), plan(2, memory=9, tile=4 * 10**9)]) == 2


def test_what_shares_a_gpu_has_room_for_every_scene():
    light, heavy = plan(3, gpus=("0",), per_gpu=4), plan(1, gpus=("0",), per_gpu=2)
    cluster, workers = crew_for([light, heavy])
    assert (cluster.per_gpu, workers) == (2, 1)
    cluster, workers = crew_for([light])
    assert (cluster.per_gpu, workers) == (4, 3)


def test_whoever_says_how_many_has_so_many():
    assert workers_for([plan(1, asked=1), plan(1, asked=1)]) == 1
    assert workers_for([plan(0, asked=0), plan(0, asked=0)]) == 0
    assert workers_for([plan(0, scheduler="tcp://somewhere:1")] * 2) == 0
    assert workers_for([plan(1, gpus=("0",)), plan(1, gpus=("0",))]) == 1


def test_as_many_share_a_gpu_as_there_are_cores_to_feed_them(monkeypatch):
    def share(cores, gpus, *, memory=1000, **settings):
        monkeypatch.setattr(module, "cores", lambda: cores)
        cluster = {"memory": memory, **settings.pop("cluster", {})}
        plan = MemoryPlan(tile=10**9, prior=10**9, main=10**9)
        return share_gpus(Config(cluster=cluster, **settings), plan, gpus)

    assert share(16, 0) is None
    assert [share(cores, 1) for cores in (1, 2, 5, 6, 9, 12, 64)] == [1, 1, 1, 2, 3, 4, 4]
    assert share(16, 2) == 2
    # The main process, a worker that pre-segments, and the rest.
    assert share(64, 1, memory=4.5) == 2
    assert share(64, 1, memory=1) == 1
    assert share(64, 1, cluster={"per_gpu": 7}) == 7
    # Whose workers these are, or that there are none, is not for us to say.
    assert share(64, 1, cluster={"workers": 0}) is None
    assert share(64, 1, cluster={"scheduler": "tcp://h:1"}) is None
    # Tiles that train want all of its memory.
    assert share(64, 1, train={"scope": "independent"}) == 1
