"""What workers need, imported once by the process that they are forked from (`pipeline.cluster.forks`).

Nothing here may start threads or open a device, which a forked process cannot go on with.
"""

import gc

# Modules are no garbage. A look for some in all that there is, again and again, is a sixth of the time that importing
# takes; and in a forked process it copies the memory that it looks at.
gc.disable()

import distributed.nanny  # noqa: E402
import distributed.worker  # noqa: E402, F401

import pipeline.cluster.fitness  # noqa: E402
import pipeline.prior  # noqa: E402
import pipeline.tile  # noqa: E402, F401

gc.freeze()
gc.enable()
