"""7.3.2 节里可以验证的话：单次测量的误差，最好的一次平均高出多少。"""

import math

import numpy as np

from dlwp_tui.lab import Lab
from lesson import expected_best


def prove(lab: Lab, *, val: np.ndarray) -> None:
    error = math.sqrt(0.8 * 0.2 / 1000)
    lab.check("精度 80%、验证 1,000 条，误差 0.0126", got=error, want=0.0126, tolerance=5e-5)
    luck = [expected_best(trials) for trials in (1, 10, 50)]
    statement = "试 1、10、50 组，最高的平均高出 0、1.54、2.25 个误差"
    lab.check(statement, claim="C248", got=luck, want=[0, 1.54, 2.25], tolerance=0.006)
    best = [0.8 + one * error for one in luck]
    statement = "看到的“最好成绩”：80.0%、81.9%、82.8%"
    lab.check(statement, claim="C248", got=best, want=[0.8, 0.819, 0.828], tolerance=6e-4)
    ends = bool(val.max() >= val.mean())
    lab.check("最高分不会低于平均", got=ends, want=True)
