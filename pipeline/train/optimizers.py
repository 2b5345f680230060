"""The three optimisers of the configurations, as torch's of the same names take their steps; and means of weights.

Making one of torch's imports its compiler: two seconds of every process that trains.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor
from torch.nn import Parameter

_EPSILON = 1e-8
# Adam (Kingma and Ba, ICLR 2015).
_FIRST, _SECOND = 0.9, 0.999
# RMSprop (Tieleman and Hinton 2012).
_ALPHA = 0.99

Step = Callable[[float], None]
"""Moves the parameters along their gradients, with a step width; parameters without a gradient stay."""


def adam(parameters: Iterable[Parameter]) -> Step:
    """Return the step of Adam with its usual decay of 0.9 and 0.999."""
    trained = list(parameters)
    means = [torch.zeros_like(one) for one in trained]
    squares = [torch.zeros_like(one) for one in trained]
    count = 0

    @torch.no_grad()
    def step(rate: float) -> None:
        nonlocal count
        count += 1
        for parameter, mean, square in zip(trained, means, squares, strict=True):
            if parameter.grad is None:
                continue
            mean.lerp_(parameter.grad, 1 - _FIRST)
            square.mul_(_SECOND).addcmul_(parameter.grad, parameter.grad, value=1 - _SECOND)
            spread = (square.sqrt() / (1 - _SECOND**count) ** 0.5).add_(_EPSILON)
            parameter.addcdiv_(mean, spread, value=-rate / (1 - _FIRST**count))

    return step


class Average:
    """The mean of parameters over the moments at which it is told to look."""

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self._trained = list(parameters)
        self._means = [torch.zeros_like(one) for one in self._trained]
        self._count = 0

    @torch.no_grad()
    def add(self) -> None:
        """Count the parameters as they are."""
        self._count += 1
        for mean, parameter in zip(self._means, self._trained, strict=True):
            mean.lerp_(parameter, 1 / self._count)

    @torch.no_grad()
    def take(self) -> None:
        """Set the parameters to their mean; they stay where none was counted."""
        if self._count:
            for mean, parameter in zip(self._means, self._trained, strict=True):
                parameter.copy_(mean)


def sgd(parameters: Iterable[Parameter], momentum: float) -> Step:
    """Return the step of stochastic gradient descent with momentum."""
    return _heavy(parameters, momentum, lambda _index, gradient: gradient)


def rmsprop(parameters: Iterable[Parameter], momentum: float) -> Step:
    """Return the step of RMSprop, whose squares decay by 0.99, with momentum."""
    trained = list(parameters)
    squares = [torch.zeros_like(one) for one in trained]

    def normalise(index: int, gradient: Tensor) -> Tensor:
        square = squares[index]
        square.mul_(_ALPHA).addcmul_(gradient, gradient, value=1 - _ALPHA)
        return gradient / square.sqrt().add_(_EPSILON)

    return _heavy(trained, momentum, normalise)


def _heavy(parameters: Iterable[Parameter], momentum: float, direction: Callable[[int, Tensor], Tensor]) -> Step:
    """Return a step along a direction with momentum, which the first step has none of."""
    trained = list(parameters)
    speeds: dict[int, Tensor] = {}

    @torch.no_grad()
    def step(rate: float) -> None:
        for index, parameter in enumerate(trained):
            if parameter.grad is None:
                continue
            along = direction(index, parameter.grad)
            speeds[index] = speeds[index].mul_(momentum).add_(along) if index in speeds else along.clone()
            parameter.add_(speeds[index], alpha=-rate)

    return step
