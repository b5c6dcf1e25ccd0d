"""The tasks of this set, in the order of its notebook."""

from . import dimension, neighbor_graph, noise_share, tangent_coordinates, warm_ups

TASKS = (
    *warm_ups.TASKS,
    dimension.TASK,
    tangent_coordinates.TASK,
    neighbor_graph.TASK,
    noise_share.TASK,
)
