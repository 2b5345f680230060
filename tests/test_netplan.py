import pytest

from pipeline.config import AlternatingConfig, Kanezaki2018Config
from pipeline.net import build
from pipeline.netplan import LayerPlan, plan_network

CONFIGS = [
    AlternatingConfig(),
    AlternatingConfig(depth=1, stride=3, context=()),
    AlternatingConfig(depth=3, wide=5, narrow=4, stride=1, context=(1.0, 2.0)),
    Kanezaki2018Config(),
    Kanezaki2018Config(layers=1, channels=6, stride=2),
]


@pytest.mark.parametrize("config", CONFIGS, ids=str)
@pytest.mark.parametrize("bands", [1, 4])
def test_the_network_is_what_was_planned(config, bands):
    plan, network = plan_network(config, bands), build(config, bands, seed=0)
    assert network.plan == plan
    assert (
        tuple(
            LayerPlan(
                layer.conv.in_channels,
                layer.conv.out_channels,
                layer.conv.kernel_size[0],
                layer.conv.stride[0],
                layer.order,
            )
            for layer in network.stack
        )
        == plan.layers
    )


def test_responses_that_were_dropped_are_not_planned_with():
    plan = plan_network(AlternatingConfig(), 3)
    fewer = plan.responding(5)
    assert (fewer.responses, fewer.layers[:-1]) == (5, plan.layers[:-1])
    assert build(AlternatingConfig(), 3, responses=5).plan == fewer
    network = build(AlternatingConfig(), 3, seed=0)
    network.keep([4, 2, 0, 1, 3])
    assert network.plan == fewer


def test_seen_and_held():
    plan = plan_network(AlternatingConfig(stride=1, context=(1.0, 4.0)), 3)
    assert (plan.radius, plan.reach, plan.responses, plan.activations) == (2, 2 + 17, 32, 192)
    # A pixel around the first convolution's, three around the second's, and what a lattice of three adds.
    thinned = plan_network(AlternatingConfig(stride=3, context=()), 3)
    assert (thinned.radius, thinned.reach, thinned.activations) == (1 + 3, 1 + 3 + 4, 22)
    plan = plan_network(Kanezaki2018Config(), 3)
    assert (plan.radius, plan.reach, plan.responses, plan.activations) == (3, 3, 100, 400)
