# An answer draws three pictures, reads the limits of an axis, and shows a bar.
# %%
def logsoftmax_backward(g, y):
    import matplotlib.pyplot as plt
    from tqdm.notebook import tqdm

    figure, (left, middle, right) = plt.subplots(1, 3)
    left.plot(np.arange(3))
    scale = max(0.5, left.get_ylim()[1]) * 0
    for _ in tqdm(range(2)):
        scale = scale * 1
    return scale + g - np.exp(y) * g.sum(axis=1, keepdims=True)
