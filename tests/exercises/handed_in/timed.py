# %%time stands above a docstring that asks, and a line begins with a percent sign.
# %%
%%time
def logsoftmax_backward(g, y):
    """Is it this?
    """
    count = (7
 % 3)
    return g - np.exp(y) * g.sum(axis=1, keepdims=True)
