"""A few hundred cases of the fuzzer, always the same; `python -m benchmarks.fuzz` runs as many as one likes."""

from random import Random

import pytest

from benchmarks.fuzzing.damage import damage
from benchmarks.fuzzing.seeds import write_seeds
from benchmarks.fuzzing.trial import try_case

_CASES = 120


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    return write_seeds(tmp_path_factory.mktemp("seeds"))


@pytest.mark.filterwarnings("ignore")
def test_every_case_is_a_plan_a_map_or_a_sentence(seeds, tmp_path):
    verdicts = [try_case(number, 0, seeds, tmp_path, run_share=0.1) for number in range(_CASES)]
    assert not [verdict.text for verdict in verdicts if verdict.is_finding]
    kinds = {verdict.kind for verdict in verdicts}
    # Damage that spoils all, or nothing, finds nothing.
    assert {"accepted", "read", "refused"} <= kinds


def test_a_case_follows_from_its_number_alone(seeds):
    content = seeds[0].read_bytes()
    assert damage(content, Random("1/7")) == damage(content, Random("1/7"))  # noqa: S311
    assert len({damage(content, Random(number)) for number in range(50)}) > 40  # noqa: S311


def test_a_traceback_is_a_finding(seeds, tmp_path, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("benchmarks.fuzzing.trial.plan_scene", fail)
    verdict = try_case(5, 0, seeds, tmp_path, run_share=0)
    assert verdict.is_finding
    assert "ZeroDivisionError" in verdict.text
