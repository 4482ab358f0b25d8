"""4.2 节里可以验证的话。两种泄露各用一个小小的模拟来证明，与选的参数无关。"""

import numpy as np

from dlwp_tui.lab import Lab


def prove(lab: Lab, *, fold_models: int, **_: object) -> None:
    folds, repeats = lab.params["folds"], lab.params["repeats"]
    if fold_models:
        rounds = 1 if lab.params["scheme"] == "k-fold" else repeats
        statement = f"{rounds} 遍 {folds} 折验证，一共训练 {rounds} × {folds} 个模型"
        lab.check(statement, claim="C091", got=fold_models, want=rounds * folds)
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
            picked[n] = round(100 * float(best.mean()), 1)
    rows = [[n, f"{percent:.1f}%", "50%"] for n, percent in picked.items()]
    lab.table("只会抛硬币，挑最好的", ["试几个模型", "验证精度", "新数据上的精度"], rows)
    for n, percent in {1: 50.0, 10: 55.4, 100: 58.9, 1000: 61.4}.items():
        statement = f"只会抛硬币的模型试 {n} 个，挑出来的那个，验证精度约 {percent}%"
        lab.check(statement, claim="C089", got=picked[n], want=percent, tolerance=0.2)


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
    shuffled, by_time = errors
    rows = [["打乱再划分", f"{shuffled:.2f}"], ["按时间划分", f"{by_time:.2f}"]]
    lab.table("气温预测的 MAE（度）", ["怎样划分", "验证成绩"], rows)
    statement = (
        f"打乱再划分，误差好得不真实：{shuffled:.2f} 度，不到按时间划分 {by_time:.2f} 度的三分之一"
    )
    lab.check(statement, claim="C092", got=shuffled < by_time / 3)
