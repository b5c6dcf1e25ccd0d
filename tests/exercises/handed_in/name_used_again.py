# The name of an answer is used for something else, after its check.
# %% after
Linear = Linear(np.eye(2), np.zeros(2))
logsoftmax_backward, rest = [1, 2], 3
