# What an answer uses stands beside the answer before.
# %%
def logsoftmax_backward(g, y):
    return g - np.exp(y) * g.sum(axis=1, keepdims=True)


MINUS, AXES, SMALL = -1, (0, 1), np.finfo(float).tiny
times = lambda a, b: a @ b
# %%
class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)

    def fprop(self, x):
        self.x = x
        return times(x, self.W.T) + self.b + MINUS * SMALL

    def bprop(self, dy):
        self.dW += times(dy.T, self.x)
        self.db += dy.sum(axis=AXES[0])
        return times(dy, self.W)
