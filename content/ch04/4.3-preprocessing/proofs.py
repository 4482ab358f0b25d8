"""4.3 节里可以验证的话：三个时间的坐标和角度，查表就够，首尾相接，两种缩放，缺失值怎样填。"""

import numpy as np

from dlwp_tui.lab import Lab
from lesson import angles, coordinates


def prove(lab: Lab, **_: object) -> None:
    for text, minutes, tips, degrees in (
        ("3:00", 180, [0, 1, 0.6, 0], [0, 90]),
        ("6:30", 390, [0, -1, -0.155, -0.58], [180, 195]),
        ("10:10", 610, [0.866, 0.5, -0.491, 0.344], [60, 305]),
    ):
        at = np.array([minutes])
        lab.check(f"{text} 的指针尖在 {tips}", got=coordinates(at)[0], want=tips, tolerance=0.001)
        lab.check(f"{text} 的角度是 {degrees}", got=angles(at)[0], want=degrees, tolerance=1e-9)

    every = np.arange(720)
    minute, hour = angles(every).T
    read = np.floor(hour / 30) * 60 + np.round(minute / 6)
    statement = "时针角度除以 30 取整是小时，分针角度除以 6 是分钟：720 个时间全对"
    lab.check(statement, got=int((read == every).sum()), want=720)
    fitted = np.linalg.lstsq(angles(every), every, rcond=None)[0]
    lab.check("时间就是时针角度的 2 倍，分针用不着", got=fitted, want=[0, 2], tolerance=1e-9)

    edge = np.array([719, 0])
    apart = float(abs(np.diff(angles(edge)[:, 0]))[0])
    lab.check("11:59 与 12:00，分针的角度差 354", got=apart, want=354)
    near = float(np.linalg.norm(np.diff(coordinates(edge)[:, :2], axis=0)))
    lab.check("换成正弦和余弦，只差 0.105", got=near, want=0.105, tolerance=0.001)

    column = np.array([1.0, 2, 3, 4, 10])
    standardised = ((column - column.mean()) / column.std()).round(3)
    lab.check("1、2、3、4、10 标准化", got=standardised, want=[-0.949, -0.632, -0.316, 0, 1.897])
    scaled = ((column - 1) / 9).round(3)
    lab.check("最小–最大缩放", got=scaled, want=[0, 0.111, 0.222, 0.333, 1])
    missing_values(lab)


def missing_values(lab: Lab) -> None:
    """四个特征的一张假表，随手抹掉三成；用最小二乘法预测，比测试误差。与选的参数无关。"""
    rng = np.random.default_rng(0)
    z = rng.normal(size=(2000, 4))
    x = np.array([6.3, 68, 12, 0.55]) + np.array([0.7, 28, 7, 0.12]) * z  # 像房间数、房龄……
    y = z @ [3.0, 1, -2, 1] + rng.normal(size=2000)
    holes = rng.random(x.shape) < 0.3

    def error(gaps: np.ndarray, before: bool, flags: bool = False) -> float:
        """前 1,000 行训练，后 1,000 行测试。before：标准化之前就填 0，否则在之后。"""
        v = np.where(gaps, 0 if before else np.nan, x)
        v = np.nan_to_num((v - np.nanmean(v[:1000], axis=0)) / np.nanstd(v[:1000], axis=0))
        v = np.concatenate([v, *([gaps] if flags else []), np.ones((2000, 1))], axis=1)
        weights = np.linalg.lstsq(v[:1000], y[:1000], rcond=None)[0]
        return round(float(np.sqrt(np.mean((v[1000:] @ weights - y[1000:]) ** 2))), 2)

    complete, after, before = error(holes & False, False), error(holes, False), error(holes, True)
    flagged = error(holes, True, flags=True)
    unseen = error(holes & (np.arange(2000) >= 1000)[:, None], True)
    guess = round(float(np.std(y[1000:])), 2)
    rows = [
        ["一个也不缺", complete],
        ["先标准化，再填 0", after],
        ["先填 0，再标准化", before],
        ["同上，另加一列标明哪里缺", flagged],
        ["训练的数据不缺，只有测试的缺", unseen],
        ["永远猜均值", guess],
    ]
    lab.table("缺三成，怎样填？测试误差", ["做法", "误差"], rows)
    got = bool(complete < after < 0.7 * before)
    statement = f"先标准化再填 0，误差 {after}；先填 0 再标准化，{before}，大一半以上"
    lab.check(statement, claim="C093", got=got)
    statement = f"另加一列标明哪里缺，先填 0 也不要紧：误差 {flagged}，与 {after} 相差不到百分之三"
    lab.check(statement, claim="C093", got=flagged, want=after, tolerance=0.03 * after)
    statement = f"训练时没见过缺失，测试时才填 0：误差 {unseen}，比永远猜均值的 {guess} 还大"
    lab.check(statement, claim="C093", got=unseen > 2 * guess)
