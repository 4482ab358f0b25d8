"""4.3 节里可以验证的话：三个时间的坐标和角度，查表就够，首尾相接，还有两种缩放。"""

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
