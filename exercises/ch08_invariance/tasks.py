"""The tasks of this set, in the order of its notebook."""

from . import azimuth_r2, contrastive, light_share, view_pairs, warm_ups

TASKS = (
    *warm_ups.TASKS,
    view_pairs.TASK,
    contrastive.TASK,
    light_share.TASK,
    azimuth_r2.TASK,
)
