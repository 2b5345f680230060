"""Simple linear iterative clustering (Achanta et al., TPAMI 2012), by scikit-image."""

import numpy as np
import numpy.typing as npt
from skimage import segmentation

from pipeline.colour import to_lab
from pipeline.config.presegment import SlicConfig
from pipeline.image import smooth
from pipeline.presegment.finish import finish

# No colour is further from 0 than this: L, a, b of sRGB are within -108..100, hundredths within 0..100.
_LARGEST_COLOUR = 128.0
# Distance in colour, in units of compactness, from nodata to the darkest pixel. Clusters search two lattice steps
# about their centre: at ten, one that is a third nodata loses its valid pixels to its neighbours, so that no slivers
# line the collar, while one nodata pixel in a cluster of hundreds changes nothing.
_NODATA_DISTANCE = 10.0


def segment(image: npt.NDArray[np.float32], valid: npt.NDArray[np.bool_], config: SlicConfig) -> npt.NDArray[np.int32]:
    """Cluster pixels by place and colour: CIE Lab of three bands taken as sRGB, else the bands times 100.

    A distance in colour of `compactness` weighs as much as one step of the lattice that the clusters start from.

    Returns:
        (h, w) segments from 1; 0 at invalid pixels.
    """
    nodata = -_NODATA_DISTANCE * config.compactness
    limit = max(_LARGEST_COLOUR, -nodata)
    features = np.empty((*valid.shape, len(image) + 2), np.float32)
    features[..., :-2] = np.moveaxis(smooth(to_lab(image), valid, config.sigma), 0, -1)
    features[~valid, 0] = nodata
    # scikit-image stretches what it is given from its own minimum and maximum to 0..1: a tile's segments would
    # depend on its brightest pixel. Two bands without contrast, which no distance sees, fix these extremes to the
    # last bit, and compactness is divided by the stretch.
    features[..., -2:] = -limit, limit
    labels: npt.NDArray[np.intp] = segmentation.slic(
        features,
        n_segments=max(1, round(min(config.n_segments / 1e6, 1) * valid.size)),
        compactness=config.compactness / (2 * limit),
        max_num_iter=config.iterations,
        sigma=0,
        convert2lab=False,
        start_label=1,
        channel_axis=-1,
    )
    return finish(labels, valid)
