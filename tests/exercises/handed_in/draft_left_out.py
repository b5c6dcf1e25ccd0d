# A draft is kept, below the answer, and not run.
# %% after
%%script echo skipping
def logsoftmax_backward(g, y):
    return g
