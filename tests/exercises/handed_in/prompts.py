# An answer is pasted with its prompts.
# %%
>>> def logsoftmax_backward(g, y):
...     return g - np.exp(y) * g.sum(axis=1, keepdims=True)
