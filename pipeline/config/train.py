"""How the network is trained, and on what."""

from typing import Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from pipeline.config.section import Section


class TrainConfig(Section):
    """Scope, optimiser, length and sample of the training."""

    scope: Literal["shared", "adapt", "independent"] = "shared"
    """shared: one network, trained on a sample of the whole scene, labels every tile; adapt: every tile trains on from
    that network for a few steps, and keeps its classes; independent: every tile trains its own from random weights, and
    classes are matched afterwards."""

    start: Literal["random", "clusters"] = "clusters"
    """random: from random weights, as published; clusters: the network first learns clusters of segment colour and
    texture, which are the same for every seed."""

    start_clusters: int = Field(default=128, ge=2, le=1024)
    """Number of small clusters of segments that the classes to start from are merged from."""

    start_classes: int = Field(default=24, ge=2, le=1024)
    """Number of classes to start from; no more than the network has responses."""

    start_steps: PositiveInt = 160
    """Steps that the network learns these classes for."""

    start_patch: int = Field(default=48, ge=0, le=4096)
    """Side of the random part of a patch that a step of the start sees, in pixels: parts of many patches teach more
    than few whole ones. 0: the whole patch."""

    start_batch: PositiveInt = 16
    """Patches per step of the start."""

    start_rate: PositiveFloat = 0.01
    """Step width of the start (Adam, falling to a third along a cosine; weights are means over the second half)."""

    loss: Literal["segments", "continuity"] = "segments"
    """segments: pixels learn the majority label of their pre-segment; continuity: their own label, and to respond as
    their neighbours do, without pre-segments (Kim, Kanezaki and Tanaka, IEEE TIP 2020)."""

    similarity: PositiveFloat = 1.0
    """Weight of the pixels' own labels in the loss "continuity"."""

    continuity: NonNegativeFloat = 5.0
    """Weight of the differences between neighbouring pixels in the loss "continuity"."""

    optimizer: Literal["sgd", "rmsprop"] = "sgd"
    """Stochastic gradient descent or RMSprop."""

    learning_rate: PositiveFloat = 0.05
    """Step width of the optimiser."""

    momentum: float = Field(default=0.9, ge=0, lt=1)
    """Momentum of the optimiser."""

    steps: PositiveInt = 4
    """Most steps that a training takes."""

    min_labels: PositiveInt = 16
    """Training stops as soon as this many labels, or fewer, are left."""

    keep_labels: bool = True
    """When labels fall below min_labels in one jump, go back to the last state that still had them."""

    label_share: float = Field(default=0.0005, ge=0, lt=1)
    """A label counts only above this share of the pixels; 0: every label counts. The shared network drops others."""

    churn: float = Field(default=0.0, ge=0, lt=1)
    """Training stops when a smaller share of the pixels changes its label from one visit to the next; 0: never."""

    adapt_steps: int = Field(default=8, ge=2, le=1000)
    """Steps that every tile trains on for (adapt)."""

    adapt_rate: PositiveFloat = 0.01
    """Step width of a tile's steps (adapt)."""

    adapt_share: float = Field(default=0.01, ge=0, lt=1)
    """A tile goes back to an earlier step where a class with this share of it would vanish (adapt)."""

    patch: int = Field(default=128, ge=0, le=4096)
    """Side of the random patches to train on, in pixels; 0: the whole tile at every step (independent only)."""

    patches: PositiveInt = 192
    """How many patches are drawn at most, from the scene (shared, adapt) or from the tile (adapt, independent)."""

    batch: PositiveInt = 8
    """Patches per step."""

    threads: int = Field(default=1, ge=1, le=256)
    """Arithmetic threads of the shared training; part of the result, since rounding follows the thread count.
    Tile tasks have one each."""

    @property
    def has_prior(self) -> bool:
        """Whether one network of the whole scene stands behind all tiles."""
        return self.scope != "independent"

    @property
    def patch_window(self) -> int:
        """Side of what is read for a patch, in pixels: 16 px around it, so that its segments and context are whole."""
        return self.patch + 2 * 16

    @property
    def most_steps(self) -> int:
        """Most steps in all, those of the start included."""
        return self.steps + (self.start_steps if self.start == "clusters" else 0)

    @model_validator(mode="after")
    def _prior_needs_patches(self) -> Self:
        if self.has_prior and self.patch == 0:
            msg = "patch = 0 (the whole tile) needs scope = 'independent'; set patch to 128, say"
            raise ValueError(msg)
        return self
