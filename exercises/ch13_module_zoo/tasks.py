"""The tasks of this set, in the order of its notebook."""

from . import conv_back, cross_entropy, log_softmax, max_back, pool_back, residual, warm_ups

TASKS = (
    *warm_ups.TASKS,
    max_back.TASK,
    pool_back.TASK,
    residual.TASK,
    log_softmax.TASK,
    cross_entropy.TASK,
    conv_back.TASK,
)
