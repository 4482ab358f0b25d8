"""从零写一个网络：两层，只用 NumPy。前向、损失、反向传播、更新，一行也不靠框架。"""

import numpy as np

from dlwp_tui.kit import digits, drawing
from dlwp_tui.kit.pictures import sheet
from dlwp_tui.lab import Lab

VALIDATION = 5000


def start(units: int, scale: float, rng: np.random.Generator) -> list[np.ndarray]:
    """开始的 W1 (784, units)、b1 (units,)、W2 (units, 10)、b2 (10,)：小的随机数，偏置是 0。"""
    W1 = rng.normal(0, scale * np.sqrt(2 / 784), (784, units)).astype("float32")
    W2 = rng.normal(0, scale * np.sqrt(2 / units), (units, 10)).astype("float32")
    return [W1, np.zeros(units, "float32"), W2, np.zeros(10, "float32")]


def softmax(z: np.ndarray) -> np.ndarray:
    """分数 (n, 10) → 概率 (n, 10)。先减去最大的一个：结果不变，e 的幂不会太大。"""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def forward(x: np.ndarray, weights: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """图片 (n, 784) → 隐藏层的输出 (n, units)，概率 ŷ (n, 10)。"""
    W1, b1, W2, b2 = weights
    h = np.maximum(x @ W1 + b1, 0)  # relu
    return h, softmax(h @ W2 + b2)


def cross_entropy(p: np.ndarray, y: np.ndarray) -> float:
    """正确答案 y (n, 10) 得到的概率，取对数，反号，平均。"""
    return float(-np.log((p * y).sum(axis=1) + 1e-7).mean())


def backward(x: np.ndarray, y: np.ndarray, h: np.ndarray, p: np.ndarray, W2: np.ndarray) -> list:
    """损失对 W1、b1、W2、b2 的梯度，从后往前，一层一层乘回去。"""
    dz2 = (p - y) / len(x)  # softmax 和交叉熵合起来求导，只剩 ŷ − y
    dh = dz2 @ W2.T  # 隐藏层的每个单元，对损失有多少责任
    dz1 = dh * (h > 0)  # relu：没有亮的单元，导数是 0
    return [x.T @ dz1, dz1.sum(axis=0), h.T @ dz2, dz2.sum(axis=0)]


def run(
    lab: Lab,
    *,
    units: int,
    learning_rate: float,
    scale: float,
    epochs: int,
    batch_size: int,
    samples: int,
) -> dict[str, object]:
    # 1. 数据：像素缩到 0–1，展平；标签变成 one-hot。训练集的最后 5,000 张留作验证
    (images, labels), (test_images, test_labels) = lab.dataset("mnist")
    x_all, x_test = (
        part.reshape(-1, 784).astype("float32") / 255 for part in (images, test_images)
    )
    one_hot = np.eye(10, dtype="float32")  # 第 k 行就是数字 k 的 one-hot
    x, y = x_all[:samples], one_hot[labels[:samples]]
    x_val, y_val = x_all[-VALIDATION:], one_hot[labels[-VALIDATION:]]

    # 2. 网络：四个数组。先不训练，看一张图片：ŷ − y 就是要改的方向
    rng = np.random.default_rng(lab.seed)
    first = weights = start(units, scale, rng)
    guess = forward(x[:1], weights)[1][0]
    rows = [[k, f"{guess[k]:.3f}", int(y[0, k]), f"{guess[k] - y[0, k]:+.3f}"] for k in range(10)]
    lab.table("第一张图片，训练之前", ["数字", "ŷ", "y", "ŷ − y"], rows)

    # 3. 训练：打乱，一批一批地前向、反向、更新
    lab.phase("训练")
    for epoch in lab.steps(epochs, unit="轮"):
        seen = []
        for batch in np.array_split(rng.permutation(samples), -(-samples // batch_size)):
            h, p = forward(x[batch], weights)
            gradients = backward(x[batch], y[batch], h, p, weights[2])
            weights = [w - learning_rate * g for w, g in zip(weights, gradients, strict=True)]
            seen.append((cross_entropy(p, y[batch]), np.mean(p.argmax(1) == y[batch].argmax(1))))
        loss, right = np.mean(seen, axis=0)
        p = forward(x_val, weights)[1]
        val = np.mean(p.argmax(axis=1) == labels[-VALIDATION:])
        lab.log(
            epoch, loss=loss, accuracy=right, val_loss=cross_entropy(p, y_val), val_accuracy=val
        )
    np.savez(lab.artifact("weights.npz"), *weights)

    # 4. 没见过的 10,000 张；第一层学成了什么样
    p = forward(x_test, weights)[1]
    lab.result(test_accuracy=np.mean(p.argmax(axis=1) == test_labels))
    eyes = [drawing.heat(w.reshape(28, 28)) for w in (weights[0] - first[0]).T[:16]]
    lab.picture("第一层学到了什么", sheet(eyes, 4), "橙色的像素让单元变亮，蓝色的让它变暗")
    digits.show_mistakes(lab, test_images, test_labels, p)
    return {"x": x, "y": y, "weights": weights}


def demo(lab: Lab) -> digits.Demo:
    """画一个数字，得到十个概率。"""
    weights = list(np.load(lab.artifact("weights.npz")).values())
    return digits.demo(lab, lambda page: page.reshape(1, 784), lambda x: forward(x, weights)[1])
