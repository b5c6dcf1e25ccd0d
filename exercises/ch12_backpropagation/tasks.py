"""The tasks of this set, in the order of its notebook."""

from . import gradient_check, gradients, jacobian, operations, recurrence, through_time, warm_ups

TASKS = (
    *warm_ups.TASKS,
    jacobian.TASK,
    recurrence.TASK,
    through_time.TASK,
    gradients.TASK,
    gradient_check.TASK,
    operations.TASK,
)
