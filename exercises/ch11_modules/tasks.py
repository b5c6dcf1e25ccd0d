"""The tasks of this set, in the order of its notebook."""

from . import net, numbers_kept, prelu, sequential, siamese, warm_ups

TASKS = (
    *warm_ups.TASKS,
    prelu.TASK,
    sequential.TASK,
    net.TASK,
    numbers_kept.TASK,
    siamese.TASK,
)
