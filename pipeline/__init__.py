"""Label-free segmentation of whole aerial scenes."""

__version__ = "0.1.0"
