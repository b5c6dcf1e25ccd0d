# Help is asked for below an answer.
# %%
def logsoftmax_backward(g, y):
    return g - np.exp(y) * g.sum(axis=1, keepdims=True)
?np.exp
