"""评估机器学习模型：留出、K 折、打乱数据的重复 K 折，用在同一份小数据上，看成绩的波动。

模型是 3.6 预测房价的网络。每次都从同一组初始权重出发，于是成绩的差别只来自怎样划分。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab

BATCH, STEPS = 16, 600


class Trainer:
    """从头训练、评一次分；数一数训练了几个模型。"""

    def __init__(self, lab: Lab, x: np.ndarray, y: np.ndarray, epochs: int, runs: int) -> None:
        self.lab, self.x, self.y, self.epochs, self.runs, self.trained = lab, x, y, epochs, runs, 0
        self.model = keras.Sequential([
            keras.Input((13,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(1),
        ])  # fmt: skip
        # 网络小、数据少，时间多半花在每一步回到 Python 上：一次训练的所有步一口气执行完，结果不变
        self.model.compile(optimizer="rmsprop", loss="mse", steps_per_execution=STEPS)
        self.model.optimizer.learning_rate = 0.005
        self.model.optimizer.build(self.model.trainable_variables)
        self.variables = [*self.model.variables, *self.model.optimizer.variables]
        self.start = [variable.numpy() for variable in self.variables]

    def score(self, train: np.ndarray, held: np.ndarray) -> float:
        """在 train 这些样本上训练，返回 held 那些样本上的 MAE（千美元）。"""
        x, y = self.standardise(train), self.y
        for variable, value in zip(self.variables, self.start, strict=True):  # 都回到起点
            variable.assign(value)
        batches = self.lab.batches(x[train], y[train], BATCH)
        self.model.fit(batches.repeat(self.epochs), verbose=0)  # 重复 epochs 遍，每一遍次序不同
        self.trained += 1
        self.lab.recorder.progress(self.trained, self.runs)
        predicted = np.array(self.model(x[held]))[:, 0]
        return float(np.abs(predicted - y[held]).mean())

    def standardise(self, train: np.ndarray) -> np.ndarray:
        """均值和标准差只从训练的那部分算；离群的值截到 ±4，免得一条怪数据左右整个成绩。"""
        mean, std = self.x[train].mean(axis=0), self.x[train].std(axis=0)
        return np.clip((self.x - mean) / np.where(std > 0, std, 1), -4, 4)


def run(lab: Lab, *, scheme: str, folds: int, repeats: int, held_out: float, samples: int,
        epochs: int) -> None:  # fmt: skip
    (x, y), (x_test, y_test) = lab.dataset("boston_housing")
    rng = np.random.default_rng(lab.seed)
    chosen = rng.permutation(len(x))[:samples]
    x, y = x[chosen], y[chosen]
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
    before, means, rows = trainer.trained, [], []
    for p in range(1, rounds + 1):
        lab.phase(f"{folds} 折验证，第 {p} 遍，共 {rounds} 遍")
        order, scores = rng.permutation(samples), []
        for k, held in enumerate(np.array_split(order, folds), start=1):
            scores.append(trainer.score(np.setdiff1d(order, held), held))
            lab.log((p - 1) * folds + k, "单折", unit="折", val_mae=scores[-1])
        means.append(float(np.mean(scores)))
        lab.log(p * folds, "K 折平均", unit="折", val_mae=means[-1])
        rows.append([p, *(f"{score:.3f}" for score in scores), f"{means[-1]:.3f}"])
    fold_scores = [float(cell) for row in rows for cell in row[1:-1]]

    lab.phase("比较")
    if rows:
        lab.table("各折的 MAE（千美元）", ["遍", *range(1, folds + 1), "平均"], rows)
        lab.check(f"重复 K 折训练了 {rounds} × {folds} 个模型", claim="C091",
                  got=trainer.trained - before, want=rounds * folds)  # fmt: skip
    table, results = [], {"models": trainer.trained}
    kinds = [
        ("一次留出", "holdout", hold_scores, 1),
        ("单独一折", "fold", fold_scores, 1),
        (f"{folds} 折的平均", "mean", means, folds),
    ]
    for name, key, scores, models in (kind for kind in kinds if len(kind[2]) > 1):  # 一次看不出波动
        mean, std, low, high = np.mean(scores), np.std(scores, ddof=1), min(scores), max(scores)
        shown = [f"{mean:.3f}", f"{std:.3f}", f"{low:.2f}～{high:.2f}"]
        table.append([name, models, len(scores), *shown])
        results |= {f"{key}_std": std, f"{key}_min": low, f"{key}_max": high}
    head = ["方法", "模型", "次数", "平均", "标准差", "范围"]
    lab.table("成绩与波动（MAE，千美元）", head, table)

    # 3. 设置定下来以后：用全部开发数据训练一个，测试集只评一次
    trainer.x, trainer.y = np.concatenate([x, x_test]), np.concatenate([y, y_test])
    test = np.arange(samples, len(trainer.x))
    lab.result(**results, test_mae=trainer.score(np.arange(samples), test))
    lucky_coins(lab)
    temporal_leak(lab)


def lucky_coins(lab: Lab) -> None:
    """信息泄露：N 个只会抛硬币的“模型”，留下 200 条验证集上最好的那个。真实精度都是一半。"""
    rng, tries = np.random.default_rng(0), 4000
    best, picked = np.zeros(tries), {}
    for n in range(1, 1001):
        best = np.maximum(best, rng.binomial(200, 0.5, tries) / 200)
        if n <= 10 or n % 10 == 0:
            lab.log(n, "挑出来的", unit="模型数", picked_accuracy=best.mean())
        if n in (1, 10, 100, 1000):
            picked[n] = round(100 * best.mean(), 1)
    rows = [[n, f"{percent:.1f}%", "50%"] for n, percent in picked.items()]
    lab.table("只会抛硬币，挑最好的", ["试几个模型", "验证精度", "新数据上的精度"], rows)
    got, want = list(picked.values()), [50.0, 55.4, 58.9, 61.4]
    lab.check("试 1、10、100、1000 个，挑出的验证精度（%）", claim="C089",
              got=got, want=want, tolerance=0.2)  # fmt: skip


def temporal_leak(lab: Lab) -> None:
    """时间泄露：每天的气温与前一天很像。“模型”只会抄时间上最近的那条训练记录。"""
    rng, days = np.random.default_rng(0), np.arange(3000)
    drift = np.zeros(len(days))
    for day in days[1:]:
        drift[day] = 0.95 * drift[day - 1] + rng.normal()
    degrees = 10 - 10 * np.cos(2 * np.pi * days / 365) + drift
    errors = []
    for order in (rng.permutation(days), days):  # 打乱以后划分；按时间划分
        train, held = np.sort(order[:2400]), order[2400:]
        nearest = train[abs(train[:, None] - held).argmin(axis=0)]
        errors.append(float(np.abs(degrees[nearest] - degrees[held]).mean()))
    rows = [["打乱再划分", f"{errors[0]:.2f}"], ["按时间划分", f"{errors[1]:.2f}"]]
    lab.table("气温预测的 MAE（度）", ["怎样划分", "验证成绩"], rows)
    tiny = errors[0] < errors[1] / 3
    lab.check("打乱再划分，成绩好得不真实：误差不到按时间划分的三分之一", claim="C092", got=tiny)
