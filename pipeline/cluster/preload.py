"""What workers need, imported once by the process that they are forked from (`pipeline.cluster.forks`).

Nothing here may start threads or open a device, which a forked process cannot go on with.
"""

from pipeline.heap import importing

with importing():
    import distributed.nanny
    import distributed.worker  # noqa: F401 - forked workers are Dask's

    import pipeline.cluster.fitness
    import pipeline.export.polygons
    import pipeline.prior
    import pipeline.tile  # noqa: F401
