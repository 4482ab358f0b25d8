"""波士顿房价回归：预测一个数（房价中位数，千美元），而不是一个类别。

训练数据只有 404 条，留出一份验证集的分数全看运气，所以用 K 折验证：分成 K 份，
轮流用一份验证、其余训练，再把 K 个分数平均。最后一层没有激活函数，输出可以是任何数。
"""

from itertools import accumulate

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def build(hidden_layers: int, units: int) -> keras.Model:
    """13 个特征 (n, 13) → 房价 (n, 1)。"""
    model = keras.Sequential([keras.Input((13,))])
    for _ in range(hidden_layers):
        model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(1))  # 线性输出：加了 sigmoid 就只能预测 0–1
    return model


def standardise(x_train: np.ndarray, x_other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """z 分数：减去均值、除以标准差。两个数都只来自训练数据，验证与测试数据照用。"""
    mean, std = x_train.mean(axis=0), x_train.std(axis=0)
    std[std == 0] = 1.0  # 某一折里恒定不变的列
    return (x_train - mean) / std, (x_other - mean) / std


def train(lab: Lab, model: keras.Model, x, y, val=None, *, epochs: int, batch_size: int, **watch):
    """编译、训练，返回每一轮的分数。每轮用 val 验证一次。"""
    batches = lab.batches(x, y, batch_size)  # 每轮换一个新的顺序
    steps = lab.steps_per_execution(model, batches)
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"], steps_per_execution=steps)
    live = lab.callbacks(**watch)
    return model.fit(batches, epochs=epochs, validation_data=val, callbacks=live, verbose=0).history


def run(
    lab: Lab,
    *,
    folds: int,
    epochs: int,
    units: int,
    hidden_layers: int,
    batch_size: int,
    samples: int,
    smoothing: float,
    skip_points: int,
    validate: bool,
) -> dict:
    boston = lab.dataset("boston_housing")
    (x_train, y_train), (x_test, y_test) = boston
    net, sizes = (hidden_layers, units), {"epochs": epochs, "batch_size": batch_size}
    model = build(*net)
    lab.summary(model)
    if not validate:  # 最终模型：全部 404 条训练，轮次由 K 折挑好，在测试集上只评一次
        z_train, z_test = standardise(x_train, x_test)
        train(lab, model, z_train, y_train, **sizes)
        lab.save(model)
        scores = model.evaluate(z_test, y_test, return_dict=True, verbose=0)
        naive = np.abs(y_test - y_train.mean()).mean()
        lab.result(test_mae=scores["mae"], test_mse=scores["loss"], naive_mae=naive)
        rows = [["永远猜训练集的均价", f"{naive:.3f}"], ["这个模型", f"{scores['mae']:.3f}"]]
        lab.table("测试集上的平均绝对误差（千美元）", ["方法", "MAE"], rows)
        p = model.predict_on_batch(z_test[:10])[:, 0]
        rows = [[i, f"{p[i]:.1f}", f"{y_test[i]:.1f}"] for i in range(10)]
        lab.table("前 10 条的预测（千美元）", ["编号", "预测", "实际"], rows)
        return {"boston": boston, "history": None, "last": None, "mean": None}

    size, curves, rows = len(x_train) // folds, [], []
    for i in range(folds):
        name = f"第 {i + 1} 折"
        lab.phase(f"{name}，共 {folds} 折")
        held = np.arange(i * size, (i + 1) * size)
        rest = np.delete(np.arange(len(x_train)), held)[:samples]
        # 书里先用全部 404 条标准化再分折，验证那一份也进了均值；这里每折只看自己的训练部分
        x_fit, x_val = standardise(x_train[rest], x_train[held])
        val = lab.batches(x_val, y_train[held], size, shuffle=False)
        watch = {"label": name, "part": (i, folds), **sizes}
        history = train(lab, build(*net), x_fit, y_train[rest], val, **watch)
        curves.append([history["mae"], history["val_mae"]])
        rows.append([name, size, f"{history['mae'][-1]:.3f}", f"{history['val_mae'][-1]:.3f}"])
    mae, val_mae = np.mean(curves, axis=0)  # 各折平均，(轮次,)
    rows.append(["平均", size * folds, f"{mae[-1]:.3f}", f"{val_mae[-1]:.3f}"])
    lab.table("最后一轮的 MAE（千美元）", ["折", "验证条数", "训练", "验证"], rows)
    for epoch in range(1, epochs + 1):
        lab.log(epoch, mae=mae[epoch - 1], val_mae=val_mae[epoch - 1])
    # 头几轮误差大得多，会把图压扁：平滑曲线略去它们，但横轴仍是真实的轮次
    skipped = min(skip_points, epochs - 1)
    # 指数移动平均：每一点 = 系数 × 前一个平滑值 + (1 − 系数) × 这一点
    smoothed = list(accumulate(val_mae[skipped:], lambda a, b: smoothing * a + (1 - smoothing) * b))
    for epoch, value in enumerate(smoothed, start=skipped + 1):
        lab.log(epoch, label="平滑（EMA）", val_mae=value)
    last = np.array(curves)[:, 1, -1]  # 各折最后一轮的验证 MAE
    best, rise = skipped + 1 + int(np.argmin(smoothed)), smoothed[-1] - min(smoothed)
    lab.result(val_mae=last.mean(), val_mae_std=last.std(), best_epoch=best, rise=rise)
    return {"boston": boston, "history": history, "last": last, "mean": val_mae[-1]}
