"""Runs: one scene or a data set; what is planned, done, shown and recorded."""
