"""笔记 3.6 里说得准的话，训练之后逐条核对。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import standardise


def prove(lab: Lab, *, boston, history, last, mean, **_) -> None:
    (x_train, y_train), (x_test, y_test) = boston
    shapes = [*x_train.shape, *x_test.shape]
    lab.check("404 条训练、102 条测试、13 列", claim="C078", got=shapes, want=[404, 13, 102, 13])
    z, z_test = standardise(x_train, x_test)
    off = float(max(np.abs(z.mean(axis=0)).max(), np.abs(z.std(axis=0) - 1).max()))
    statement = "标准化之后每列均值 0、标准差 1"
    lab.check(statement, claim="C081", got=off, want=0, tolerance=1e-6)
    own, _ = standardise(x_test, x_test)  # 偷看：用测试集自己的均值和标准差
    off = float(np.abs(z_test.mean(axis=0)).max()), float(np.abs(own.mean(axis=0)).max())
    statement = "测试集照用训练集的两个数，它自己的均值就不是 0；是 0 的那一种是偷看"
    lab.check(statement, claim="C082", got=[off[0] > 0.001, off[1] > 0.001], want=[True, False])
    outside = float(np.mean((z < 0) | (z > 1)))
    statement = f"标准化不是缩放到 0–1：{outside:.1%} 的值在 0–1 之外，多于一半"
    lab.check(statement, claim="C080", got=outside > 0.5)
    prices = [float(y_train.min()), float(y_train.max()), float(np.median(y_train)) > 15]
    statement = "房价从 5 到 50，一半以上高于 15：单位是千美元"
    lab.check(statement, claim="C079", got=prices, want=[5, 50, True])
    logistic = keras.Sequential([keras.Input((13,)), layers.Dense(1, activation="sigmoid")])
    p = logistic.predict_on_batch(1000 * z)  # 放大一千倍，也出不了 0 到 1
    got = [float(p.min()) >= 0, float(p.max()) <= 1, bool(p.max() > y_train.min())]
    statement = "逻辑回归只给 0 到 1 的概率，最便宜的 5.0 也预测不到：它是分类"
    lab.check(statement, claim="C077", got=got, want=[True, True, False])
    if boston.source != "synthetic":
        lab.check("第一个房价是 15.2（千美元）", claim="C079", got=float(y_train[0]), want=15.2)
        limits = [float(z.min()), float(z.max()), outside]
        statement = "训练集标准化以后，最小 −3.82，最大 9.23，75.6% 在 0–1 之外"
        lab.check(statement, claim="C080", got=limits, want=[-3.82, 9.23, 0.756], tolerance=0.01)
        naive = [
            float(np.abs(y_test - guess).mean()) for guess in (y_train.mean(), np.median(y_train))
        ]
        statement = "永远猜训练集的均价，测试 MAE 是 6.533；猜中位数，6.661"
        lab.check(statement, claim="C088", got=naive, want=[6.533, 6.661], tolerance=0.001)
    if history is not None:
        keys = ["loss", "mae", "val_loss", "val_mae"]
        lab.check("history 的键与 metrics 里写的一致", claim="C086", got=sorted(history), want=keys)
        folds = "、".join(f"{value:.3f}" for value in last)
        statement = f"各折最后一轮的 MAE 是 {folds}，K 折的成绩是它们的平均"
        lab.check(statement, claim="C084", got=mean, want=sum(last) / len(last), tolerance=1e-6)
