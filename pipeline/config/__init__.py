"""The configuration: frozen pydantic models, one per section; a pure function takes its own section alone."""

from pathlib import Path

from pydantic import Field

from pipeline.config.cluster import ClusterConfig, SlurmConfig
from pipeline.config.input import InputConfig
from pipeline.config.levels import LevelsConfig
from pipeline.config.network import AlternatingConfig, Kanezaki2018Config, NetworkConfig
from pipeline.config.output import OutputConfig
from pipeline.config.presegment import FelzenszwalbConfig, PresegmentConfig, SlicConfig, WatershedConfig
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
    "OutputConfig",
    "PresegmentConfig",
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

    prior: Path | None = None
    """A prior.pt of an earlier run: its network, classes, names, colours, bands and scaling are used as they are."""

    input: InputConfig = InputConfig()
    tiles: TilesConfig = TilesConfig()
    presegment: PresegmentConfig = FelzenszwalbConfig()
    network: NetworkConfig = AlternatingConfig()
    train: TrainConfig = TrainConfig()
    levels: LevelsConfig = LevelsConfig()
    cluster: ClusterConfig = ClusterConfig()
    output: OutputConfig = OutputConfig()
