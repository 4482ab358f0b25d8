"""8.1.3 和 8.1.4 节里可以验证的话：语料怎样截，参数有多少，温度怎样改变分布。"""

import itertools
import math

import keras
import numpy as np

from dlwp_tui.lab import Lab
from lesson import build, reweight

ABCD = np.array([0.5, 0.3, 0.15, 0.05])


def prove(
    lab: Lab, *, model: keras.Model, text: str, x: np.ndarray, chars: str, **_: object
) -> None:
    corpus(lab, model, text, x, chars)
    temperature(lab)
    sampling(lab)
    perplexity(lab)


def corpus(lab: Lab, model: keras.Model, text: str, x: np.ndarray, chars: str) -> None:
    """段数是（字符数 − 段长）/ 步长，向上取整；全书是 200,278。"""
    maxlen, step, units = (lab.params[name] for name in ("maxlen", "step", "units"))
    want = math.ceil((len(text) - maxlen) / step)
    statement = f"{len(text):,} 个字符，每隔 {step} 个截一段，共 {want:,} 段"
    lab.check(statement, claim="C250", got=len(x), want=want)
    lab.check("每段的长度", claim="C250", got=x.shape[1], want=maxlen)
    if len(text) == 600_893:
        lab.check("全书以 UTF-8 读入，有 57 种字符", claim="C250", got=len(chars), want=57)
    n = len(chars)
    count = 4 * units * (n + units + 1) + (units + 1) * n
    lab.check(f"{n} 种字符，模型有 {count:,} 个参数", got=model.count_params(), want=count)
    if (n, units) != (57, 128):
        book = build(60, 57, 128).count_params()
        lab.check("书里的大小，57 种字符：102,585 个参数", got=book, want=102_585)


def temperature(lab: Lab) -> None:
    """8.1.3 的表：四个字符的概率 0.5、0.3、0.15、0.05。"""
    recorded = {0.01: 0.0, 0.2: 0.2747, 0.5: 0.8103, 1.0: 1.1421, 1.2: 1.2014, 100: 1.3863}
    got = [entropy(reweight(ABCD, t)) for t in recorded]
    statement = "温度 0.01、0.2、0.5、1.0、1.2、100 时的熵"
    lab.check(statement, claim="C252", got=got, want=list(recorded.values()), tolerance=5e-5)
    rises = all(low + 0.04 < high for low, high in itertools.pairwise(got))
    lab.check("温度越高，熵越大：相邻两个温度至少差 0.04", claim="C252", got=rises)
    same = float(np.abs(reweight(ABCD, 1.0) - ABCD).max())
    lab.check("T = 1 时分布不变，最多相差", claim="C253", got=same, want=0, tolerance=1e-9)
    powers = ABCD**2 / (ABCD**2).sum()
    off = float(np.abs(reweight(ABCD, 0.5) - powers).max())
    lab.check("T = 0.5 就是平方再归一化，最多相差", claim="C253", got=off, want=0, tolerance=1e-9)


def sampling(lab: Lab) -> None:
    """按概率抽 10 万次，与取最大的比较。"""
    rng = np.random.default_rng(lab.seed)
    drawn = rng.choice(4, size=100_000, p=reweight(ABCD, 1.0))
    share = float((drawn == 1).mean())
    lab.check("概率 30% 的字符被抽中的次数占", claim="C251", got=share, want=0.3, tolerance=0.01)
    greedy = [int(reweight(ABCD, t).argmax()) for t in (0.2, 0.5, 1.0, 1.2, 100)]
    statement = "如果取最大的，温度不起作用：总是第 0 个"
    lab.check(statement, claim="C254", got=greedy, want=[0] * 5)


def perplexity(lab: Lab) -> None:
    """8.1.2 的例子：四个字符，给正确答案的概率 0.5、0.25、0.5、0.125。"""
    loss = -np.log([0.5, 0.25, 0.5, 0.125]).mean()
    got = [float(loss), float(np.exp(loss)), math.exp(math.log(57))]
    statement = "例子的损失和困惑度；57 种字符均匀瞎猜的困惑度"
    lab.check(statement, got=got, want=[1.213, 3.364, 57], tolerance=5e-4)


def entropy(p: np.ndarray) -> float:
    return -float((p[p > 0] * np.log(p[p > 0])).sum())
