"""Compiled loops over pixels: they hold no lock of Python's and know no configuration."""
