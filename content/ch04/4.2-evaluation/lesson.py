"""评估机器学习模型：留出、K 折、打乱数据的重复 K 折，用在同一份小数据上，看成绩的波动。

模型是 3.6 预测房价的网络。每次都从同一组初始权重出发，于是成绩的差别只来自怎样划分。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit.models import StartingPoint
from dlwp_tui.lab import Lab


def build() -> keras.Model:
    """13 个特征 (n, 13) → 房价 (n, 1)。"""
    model = keras.Sequential([keras.Input((13,))])
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(1))
    return model


class Trainer:
    """每次都回到同一个起点，训练一个模型，评一次分；数一数训练了几个。"""

    def __init__(self, lab: Lab, x: np.ndarray, y: np.ndarray, epochs: int, runs: int) -> None:
        self.lab, self.x, self.y, self.epochs, self.runs = lab, x, y, epochs, runs
        self.model, self.trained = build(), 0

    def score(self, train: np.ndarray, held: np.ndarray) -> float:
        """在编号为 train 的样本上训练，返回编号为 held 的样本上的 MAE（千美元）。"""
        # 均值和标准差只从训练的那部分算；离群的值截到 ±4，免得一条怪数据左右整个成绩
        mean, std = self.x[train].mean(axis=0), self.x[train].std(axis=0)
        x = np.clip((self.x - mean) / np.where(std > 0, std, 1), -4, 4)
        batches = self.lab.batches(x[train], self.y[train], 16).repeat(self.epochs)  # 每遍次序不同
        if self.trained == 0:
            # 网络小、数据少，时间多半花在每一步回到 Python 上：让许多步一口气执行完，结果不变
            steps = self.lab.steps_per_execution(self.model, batches)
            self.model.compile(keras.optimizers.RMSprop(0.005), "mse", steps_per_execution=steps)
            self.start = StartingPoint(self.model)
        self.start.restore()
        self.model.fit(batches, verbose=0)
        self.trained += 1
        self.lab.progress(self.trained, self.runs)
        return float(np.abs(np.array(self.model(x[held]))[:, 0] - self.y[held]).mean())


def run(
    lab: Lab, *, scheme: str, folds: int, repeats: int, held_out: float, samples: int, epochs: int
) -> dict[str, object]:
    (x, y), (x_test, y_test) = lab.dataset("boston_housing")
    rng = np.random.default_rng(lab.seed)
    chosen = rng.permutation(len(x))[:samples]  # 开发数据；测试集接在后面，编号从 samples 起
    x, y = np.concatenate([x[chosen], x_test]), np.concatenate([y[chosen], y_test])
    holds = repeats if scheme in ("all", "hold-out") else 0
    rounds = {"all": repeats, "iterated": repeats, "k-fold": 1, "hold-out": 0}[scheme]
    trainer = Trainer(lab, x, y, epochs, holds + rounds * folds + 1)

    # 1. 简单留出：打乱，前面一份验证，其余训练
    size, hold_scores = max(1, round(held_out * samples)), []
    for p in range(1, holds + 1):
        lab.phase(f"留出验证，第 {p} 次，共 {holds} 次")
        order = rng.permutation(samples)
        hold_scores.append(trainer.score(order[size:], order[:size]))
        lab.log(p * folds, "留出", unit="折", val_mae=hold_scores[-1])

    # 2. 重复 K 折：每一遍先打乱，再分成 K 份，轮流用一份验证
    fold_scores, means, rows = [], [], []
    for p in range(1, rounds + 1):
        lab.phase(f"{folds} 折验证，第 {p} 遍，共 {rounds} 遍")
        order, scores = rng.permutation(samples), []
        for k, held in enumerate(np.array_split(order, folds), start=1):
            scores.append(trainer.score(np.setdiff1d(order, held), held))
            lab.log((p - 1) * folds + k, "单折", unit="折", val_mae=scores[-1])
        means.append(float(np.mean(scores)))
        lab.log(p * folds, "K 折平均", unit="折", val_mae=means[-1])
        fold_scores += scores
        rows.append([p, *(f"{score:.3f}" for score in scores), f"{means[-1]:.3f}"])
    if rows:
        lab.table("各折的 MAE（千美元）", ["遍", *range(1, folds + 1), "平均"], rows)

    # 3. 同样的模型、同样的数据，成绩相差多少？一次看不出波动
    lab.phase("比较")
    lab.result(models=trainer.trained)
    rows = []
    for name, key, scores, models in [
        ("一次留出", "holdout", hold_scores, 1),
        ("单独一折", "fold", fold_scores, 1),
        (f"{folds} 折的平均", "mean", means, folds),
    ]:
        if len(scores) > 1:
            std, low, high = float(np.std(scores, ddof=1)), min(scores), max(scores)
            shown = [f"{np.mean(scores):.3f}", f"{std:.3f}", f"{low:.2f}～{high:.2f}"]
            rows.append([name, models, len(scores), *shown])
            lab.result(None, **{f"{key}_std": std, f"{key}_min": low, f"{key}_max": high})
    lab.table("成绩与波动（MAE，千美元）", ["方法", "模型", "次数", "平均", "标准差", "范围"], rows)

    # 4. 设置定下来以后：用全部开发数据训练一个，测试集只评一次
    lab.result(test_mae=trainer.score(np.arange(samples), np.arange(samples, len(x))))
    return {"fold_models": len(fold_scores)}
