"""Finished scenes in a browser on the same machine: pages, outputs and map tiles."""
