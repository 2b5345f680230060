"""A segmented scene, and a data set of them, as SpatioTemporal Asset Catalogs tell of them (STAC 1.1)."""
