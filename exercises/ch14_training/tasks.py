"""The tasks of this set, in the order of its notebook."""

from . import adam, largest_rate, objective_gradient, sgd, train, warm_ups

TASKS = (
    *warm_ups.TASKS,
    sgd.TASK,
    adam.TASK,
    objective_gradient.TASK,
    train.TASK,
    largest_rate.TASK,
)
