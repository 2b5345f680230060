"""A scene as its header tells it, before anything is decided: what is read, and whether a given prior fits."""

from pipeline.box import Box
from pipeline.config import Config
from pipeline.errors import ConfigError, InputError
from pipeline.raster.apart import look_apart
from pipeline.raster.look import look_at
from pipeline.raster.source import Source
from pipeline.run.scenes import Scene


def open_scene(
    scene: Scene, config: Config, window: Box | None = None, bounds: tuple[float, float, float, float] | None = None
) -> Source:
    """Open the scene's header and settle what is read of it.

    Args:
        scene: the file.
        config: input settings, and a given prior, which must fit.
        window: part of the scene, in pixels; None: all of it.
        bounds: part of the scene, in units of its CRS: left, bottom, right, top.

    Raises:
        InputError: the scene or the prior cannot be used.
        ConfigError: settings that cannot work together.
    """
    input_config, prior = config.input, None
    if config.prior.file is not None:
        from pipeline.store.prior import load_prior

        prior = load_prior(config.prior.file).meaning
        if not config.train.has_prior:
            raise ConfigError(
                f'prior.file = {config.prior.file}: scope "independent" uses none; set train.scope to "shared" or'
                ' "adapt"'
            )
        if input_config.bands is not None and input_config.bands != prior.bands:
            raise ConfigError(
                f"input.bands = {list(input_config.bands)}, but {config.prior.file} was trained on {list(prior.bands)};"
                " leave input.bands unset"
            )
        input_config = input_config.model_copy(update={"bands": prior.bands})
    look_apart(scene.path, input_config, window, bounds)
    source = look_at(scene.path, input_config, window, bounds)
    if prior is not None and source.channels != prior.channels:
        raise InputError(
            f"{scene.path}: has {source.channels} channels, the prior {config.prior.file} {prior.channels};"
            " choose another prior, or input.bands"
        )
    return source
