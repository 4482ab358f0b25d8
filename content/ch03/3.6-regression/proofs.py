"""笔记 3.6 里说得准的话，训练之后逐条核对。"""

import numpy as np

from dlwp_tui.lab import Lab
from lesson import standardise


def prove(lab: Lab, *, boston, history, **_) -> None:
    (x_train, y_train), (x_test, y_test) = boston
    shapes = [*x_train.shape, *x_test.shape]
    lab.check("404 条训练、102 条测试、13 列", claim="C078", got=shapes, want=[404, 13, 102, 13])
    z, z_test = standardise(x_train, x_test)
    off = float(max(np.abs(z.mean(axis=0)).max(), np.abs(z.std(axis=0) - 1).max()))
    statement = "标准化之后每列均值 0、标准差 1"
    lab.check(statement, claim="C081", got=off, want=0, tolerance=1e-6)
    off = bool(np.abs(z_test.mean(axis=0)).max() > 0.001)
    lab.check("测试集照用训练集的两个数：自己的均值不是 0", claim="C082", got=off, want=True)
    if boston.source != "synthetic":
        lab.check("第一个房价是 15.2（千美元）", claim="C079", got=float(y_train[0]), want=15.2)
        limits = [float(z.min()), float(z.max())]
        statement = "标准化不是缩放到 0–1：最小 −3.82，最大 9.23"
        lab.check(statement, claim="C080", got=limits, want=[-3.82, 9.23], tolerance=0.01)
        naive = float(np.abs(y_test - y_train.mean()).mean())
        statement = "永远猜训练集的均价，测试 MAE 是 6.533"
        lab.check(statement, claim="C088", got=naive, want=6.533, tolerance=0.001)
    if history is not None:
        keys = ["loss", "mae", "val_loss", "val_mae"]
        lab.check("history 的键与 metrics 里写的一致", claim="C086", got=sorted(history), want=keys)
