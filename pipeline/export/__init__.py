"""Results as files, one module an output."""
