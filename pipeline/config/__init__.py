"""The configuration: frozen pydantic models, one per section; a pure function takes its own section alone."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from pipeline.config.cluster import ClusterConfig, SlurmConfig
from pipeline.config.input import InputConfig
from pipeline.config.levels import LevelsConfig
from pipeline.config.network import AlternatingConfig, Kanezaki2018Config, NetworkConfig
from pipeline.config.objects import ObjectsConfig
from pipeline.config.output import OutputConfig
from pipeline.config.presegment import FelzenszwalbConfig, PresegmentConfig, SlicConfig, WatershedConfig
from pipeline.config.prior import PriorConfig
from pipeline.config.section import Section
from pipeline.config.tiles import TilesConfig
from pipeline.config.train import TrainConfig

__all__ = [
    "AlternatingConfig",
    "ClusterConfig",
    "Config",
    "FelzenszwalbConfig",
    "InputConfig",
    "Kanezaki2018Config",
    "LevelsConfig",
    "NetworkConfig",
    "ObjectsConfig",
    "OutputConfig",
    "PresegmentConfig",
    "PriorConfig",
    "SlicConfig",
    "SlurmConfig",
    "TilesConfig",
    "TrainConfig",
    "WatershedConfig",
]


class Config(Section):
    """Everything that a run is told, but for its scenes and where results go."""

    seed: int = Field(default=0, ge=0, lt=2**63)
    """Number that all chance follows from."""

    input: InputConfig = InputConfig()
    tiles: TilesConfig = TilesConfig()
    presegment: PresegmentConfig = FelzenszwalbConfig()
    network: NetworkConfig = AlternatingConfig()
    train: TrainConfig = TrainConfig()
    prior: PriorConfig = PriorConfig()
    levels: LevelsConfig = LevelsConfig()
    objects: ObjectsConfig = ObjectsConfig()
    cluster: ClusterConfig = ClusterConfig()
    output: OutputConfig = OutputConfig()

    @field_validator("prior", mode="before")
    @classmethod
    def _prior_was_a_path(cls, value: object) -> object:
        if isinstance(value, str):
            msg = f'is a section; the file of a trained network is prior.file = "{value}"'
            raise ValueError(msg)  # noqa: TRY004 - pydantic wants it
        return value

    @model_validator(mode="after")
    def _one_network_for_all(self) -> Self:
        if self.prior.over == "dataset" and not self.train.has_prior:
            msg = (
                'prior.over = "dataset" is one network for all scenes, and train.scope = "independent" one for every'
                ' tile; set train.scope to "shared" or "adapt", or prior.over to "scene"'
            )
            raise ValueError(msg)
        return self
