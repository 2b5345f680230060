"""Rasters in and label rasters out; rasterio is used here only."""
