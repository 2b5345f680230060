"""The training loop: self-training on labels of its own.

Responses, labels, the loss of the responses against those labels, one step of the optimiser (Kanezaki, ICASSP 2018).
Labels merge as steps go by.
"""

import copy
import math
from collections.abc import Callable
from typing import Any

from torch import Tensor

from pipeline.config import TrainConfig
from pipeline.course import Course
from pipeline.errors import TrainingDivergedError
from pipeline.net import Network
from pipeline.train.frugal import frugally
from pipeline.train.loss import label_loss
from pipeline.train.optimizers import Step, rmsprop, sgd
from pipeline.train.pool import Batch, Pool
from pipeline.train.watch import Watch


def fit(
    network: Network,
    pool: Pool,
    config: TrainConfig,
    *,
    seed: int,
    device: str = "cpu",
    on_step: Callable[[int], None] | None = None,
    on_labels: Callable[[int, Tensor], None] | None = None,
) -> Course:
    """Train the network in place; afterwards it is in the state that the course calls `kept`.

    Args:
        network: trained on `device`.
        pool: patches; a pool of one is the published training on the whole image.
        config: optimiser, steps and stopping.
        seed: order of the patches.
        device: "cpu", "cuda" or "cuda:n".
        on_step: called with the number of steps done.
        on_labels: called with every step, counted from 0, and the labels (n, h, w) that its loss was against, of no
            meaning outside.

    Raises:
        TrainingDivergedError: the loss is no longer finite.
    """
    network.to(device).train()
    take_step = _optimizer(network, config)
    watch = Watch(config, len(pool), network.plan.responses)
    batches = pool.shuffled(config.batch, seed)
    kept, ended = 0, "steps"
    enough: tuple[int, dict[str, Any]] | None = None
    for step in range(config.steps):
        batch = pool.batch(next(batches), device, network.plan.stride)

        def ascend(batch: Batch = batch) -> tuple[Tensor, Tensor]:
            return label_loss(network(batch.images, batch.valid), batch, config)

        loss, labels = frugally(network, ascend)
        # This is where the device is waited for.
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TrainingDivergedError(
                f"the loss is {value} at step {step}; lower train.learning_rate (now {config.learning_rate})"
            )
        watch.record(value, batch.indices, labels, batch.inside)
        if on_labels is not None:
            on_labels(step, labels)
        reason = watch.verdict()
        if reason == "labels" and enough is not None and watch.labels[-1] < config.min_labels:
            (kept, state), ended = enough, reason
            network.load_state_dict(state)
            break
        kept, ended = step, reason or "steps"
        if on_step is not None:
            on_step(step + 1)
        if reason is not None or step + 1 == config.steps:
            # The labels at hand are those of the weights at hand; another step would part them.
            break
        if config.keep_labels and watch.labels[-1] >= config.min_labels:
            enough = step, copy.deepcopy(network.state_dict())
        graphs = [loss]
        del loss

        def descend(ascend: Callable[[], tuple[Tensor, Tensor]] = ascend, graphs: list[Tensor] = graphs) -> None:
            network.zero_grad(set_to_none=True)
            # A second time, what the first has kept must be gone before.
            (graphs.pop() if graphs else ascend()[0]).backward()  # type: ignore[no-untyped-call]

        frugally(network, descend)
        take_step(config.learning_rate)
    return Course(tuple(watch.losses), tuple(watch.labels), tuple(watch.changes), ended, kept)


def _optimizer(network: Network, config: TrainConfig) -> Step:
    make = sgd if config.optimizer == "sgd" else rmsprop
    return make(network.parameters(), config.momentum)
