"""Room for scenes beside one another."""

from types import SimpleNamespace

from pipeline.run import room as module
from pipeline.run.memory import MemoryPlan
from pipeline.run.room import priors_at_a_time, room_for


def test_as_many_priors_at_a_time_as_memory_lets():
    def count(budget, *, workers, gpus):
        config = SimpleNamespace(cluster=SimpleNamespace(memory=budget))
        memory = MemoryPlan(tile=10**9, prior=2 * 10**9, main=10**9)
        return priors_at_a_time(
            SimpleNamespace(config=config, memory=memory, gpus=gpus, gpu_workers=4 * len(gpus)), workers
        )

    assert count(9.0, workers=2, gpus=()) == 2
    assert count(4.5, workers=2, gpus=()) == 1
    assert count(100.0, workers=16, gpus=()) == 4
    assert count(100.0, workers=16, gpus=("0",)) == 1
    assert count(100.0, workers=16, gpus=("0", "1")) == 2
    # Whoever's workers these are.
    assert count(100.0, workers=0, gpus=()) == 1


def test_room_is_for_all_that_are_under_way(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "free_disk", lambda _folder: 100)

    def scene(work, out, used=0, membership=None):
        folder = tmp_path / f"{work}-{used}"
        folder.mkdir(exist_ok=True)
        (folder / "record").write_bytes(bytes(used))
        return SimpleNamespace(work=SimpleNamespace(root=folder), work_bytes=work, out_bytes=out, membership=membership)

    assert room_for(scene(60, 0), [])
    assert room_for(scene(60, 1), [scene(30, 10)])
    assert not room_for(scene(60, 2), [scene(31, 10)])
    # What others have already they do not need any more.
    assert room_for(scene(60, 3), [scene(31, 10, used=5)])
    assert room_for(scene(1000, 0, membership=object()), [])
