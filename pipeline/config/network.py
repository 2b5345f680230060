"""The networks: one model per kind."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.config.section import Section

Widths = tuple[Annotated[float, Field(gt=0, le=32)], ...]


class AlternatingConfig(Section):
    """Convolutions of 3x3 and 1x1 in turn, each followed by batch norm and, but for the last, ReLU."""

    kind: Literal["alternating"] = "alternating"
    """3x3 and 1x1 convolutions in turn; other: kanezaki2018."""

    depth: int = Field(default=4, ge=1, le=32)
    """Number of convolutions; the receptive radius is one pixel for the first, and `stride` for every other 3x3."""

    wide: int = Field(default=64, ge=2, le=1024)
    """Channels after a 3x3 convolution."""

    narrow: int = Field(default=32, ge=2, le=1024)
    """Channels after a 1x1 convolution; with an even depth also the number of responses."""

    stride: int = Field(default=2, ge=1, le=8)
    """Responses are computed at every so manieth pixel of every so manieth row of the scene, in training and labelling:
    the first convolution has this stride, and those after it see further. Pre-segments are larger than that, and
    neighbours say nearly the same, so majorities hardly change while three quarters of the work are saved. 1: at every
    pixel, as published."""

    precision: Literal["float32", "bfloat16"] = "float32"
    """What convolutions compute in; statistics, responses and losses are float32 either way. bfloat16 takes half the
    time on processors and GPUs that have instructions for it, and longer on others."""

    context: Widths = (4.0,)
    """Widths, in pixels, of Gaussians: beside its pixels the network sees colour and gradient smoothed by each of them,
    so that it knows texture and surroundings that its convolutions are too narrow for; []: the bands alone, as
    published. Tiles need a halo of four times the largest."""


class Kanezaki2018Config(Section):
    """The network of Kanezaki (ICASSP 2018): 3x3 convolutions, ReLU, batch norm; last a 1x1 and batch norm."""

    kind: Literal["kanezaki2018"] = "kanezaki2018"
    """3x3 convolutions with ReLU before batch norm, and a 1x1 last; other: alternating."""

    layers: int = Field(default=3, ge=1, le=32)
    """Number of 3x3 convolutions."""

    channels: int = Field(default=100, ge=2, le=1024)
    """Channels of every layer, and the number of responses."""

    stride: int = Field(default=1, ge=1, le=8)
    """Responses are computed at every so manieth pixel of every so manieth row: the first convolution has this stride.
    1: at every pixel, as published."""

    precision: Literal["float32", "bfloat16"] = "float32"
    """What convolutions compute in; statistics, responses and losses are float32 either way. bfloat16 takes half the
    time on processors and GPUs that have instructions for it, and longer on others."""

    context: Widths = ()
    """Widths, in pixels, of Gaussians by which the network sees colour and gradient smoothed, beside its pixels; []:
    the bands alone, as published."""


NetworkConfig = Annotated[AlternatingConfig | Kanezaki2018Config, Field(discriminator="kind")]
