"""What a raster's tags tell of its making."""

from pipeline.config import Config


def provenance(version: str, config_fingerprint: str, config: Config, path: str) -> dict[str, str]:
    """Tell in a raster's tags what made it; nothing in them depends on when or where the run was.

    Args:
        version: of this program.
        config_fingerprint: of settings and versions.
        config: of the run.
        path: of the scene.
    """
    return {
        "TIFFTAG_SOFTWARE": f"aerialseg {version}",
        "AERIALSEG_CONFIG": config_fingerprint,
        "AERIALSEG_SEED": str(config.seed),
        "AERIALSEG_SCOPE": config.train.scope,
        "AERIALSEG_INPUT": path.rsplit("/", 1)[-1],
    }
