# An answer uses a pool of threads.
# %%
from concurrent.futures import ThreadPoolExecutor


def logsoftmax_backward(g, y):
    with ThreadPoolExecutor(2) as pool:
        rows = pool.map(lambda pair: pair[0] - np.exp(pair[1]) * pair[0].sum(), zip(g, y))
        return np.array(list(rows))
