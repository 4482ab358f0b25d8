"""7.3.3 节里可以验证的话：三个八成的分类器，平均的误差，宽且深的参数。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def prove(lab: Lab, *, parts: np.ndarray, labels: np.ndarray) -> None:
    vote = 0.8**3 + 3 * 0.8**2 * 0.2
    lab.check("三个各对八成、互不相干，投票对 89.6%", got=vote, want=0.896, tolerance=1e-9)

    truth = np.eye(parts.shape[2])[labels]
    mean = parts.mean(axis=0)
    left = float(((mean - truth) ** 2).mean())
    errors = float(((parts - truth) ** 2).mean())
    spread = float(((parts - mean) ** 2).mean())
    statement = "平均的误差 = 各成员的平均误差 − 彼此的分歧"
    lab.check(statement, claim="C249", got=left, want=errors - spread, tolerance=1e-7)
    lab.check("所以不会比各成员的平均差", claim="C249", got=left <= errors, want=True)

    p = np.array([[0.50, 0.40, 0.10], [0.10, 0.80, 0.10], [0.05, 0.45, 0.50]])
    votes = p.argmax(axis=1).tolist()
    lab.check("例子：投票是一比一比一", got=votes, want=[0, 1, 2])
    lab.check("例子：平均判对了 B", got=int(p.mean(axis=0).argmax()), want=1)

    wide, deep = keras.Input((100,)), keras.Input((20,))
    x = layers.Dense(64, activation="relu")(deep)
    x = layers.Dense(64, activation="relu")(x)
    output = layers.Dense(1, activation="sigmoid")(layers.concatenate([wide, x]))
    count = keras.Model([wide, deep], output).count_params()
    lab.check("宽且深的例子有 5,669 个参数", got=count, want=5_669)
