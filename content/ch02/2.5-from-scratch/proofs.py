"""2.5 节里可以验证的话：手写的梯度就是 Keras 自动求出来的，更新一步也一样。"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from dlwp_tui.lab import Lab
from lesson import backward, cross_entropy, forward, softmax, start


def prove(
    lab: Lab, *, x: np.ndarray, y: np.ndarray, weights: list[np.ndarray], **_: object
) -> None:
    units = lab.params["units"]
    count = (784 + 1) * units + (units + 1) * 10
    lab.check(f"参数有 {count:,} 个", got=sum(w.size for w in weights), want=count)
    probabilities(lab)
    some, right = x[:32].astype(float), y[:32].astype(float)
    fresh = start(units, 1, np.random.default_rng(lab.seed))
    gradients(lab, some, right, [w.astype(float) for w in fresh])
    beginnings(lab, some, right)
    one_layer(lab)


def probabilities(lab: Lab) -> None:
    """softmax 和交叉熵。"""
    z = np.array([[2.0, 1.0, 0.0]])
    lab.check(
        "softmax(2, 1, 0) = 0.665、0.245、0.090",
        got=softmax(z)[0].round(3),
        want=[0.665, 0.245, 0.09],
    )
    shifted = float(np.abs(softmax(z) - softmax(z + 1000)).max())
    lab.check("所有分数加上同一个数，概率不变", got=shifted, want=0, tolerance=1e-12)
    answer = np.array([[0.0, 0.0, 1.0]])
    loss = round(cross_entropy(softmax(z), answer), 3)
    lab.check("正确的是第三个：交叉熵 = −ln 0.090 = 2.408", got=loss, want=2.408)
    residue = (softmax(z) - answer)[0].round(3)
    lab.check("这时 ŷ − y = 0.665、0.245、−0.910", got=residue, want=[0.665, 0.245, -0.91])


def gradients(lab: Lab, x: np.ndarray, y: np.ndarray, weights: list[np.ndarray]) -> None:
    """同样的权重、同样的 32 张图片：Keras 求的导数、有限差分，和手写的。用双精度算。"""
    hidden = layers.Dense(len(weights[1]), activation="relu", dtype="float64")
    last = layers.Dense(10, dtype="float64")
    model = keras.Sequential([keras.Input((784,), dtype="float64"), hidden, last])
    model.set_weights(weights)
    with tf.GradientTape() as tape:
        z = model(x)
        loss = tf.reduce_mean(keras.losses.categorical_crossentropy(y, z, from_logits=True))
    by_keras = tape.gradient(loss, [z, *model.trainable_weights])
    h, p = forward(x, weights)
    by_hand = [(p - y) / len(x), *backward(x, y, h, p, weights[2])]
    for name, ours, theirs in zip(("分数", "W1", "b1", "W2", "b2"), by_hand, by_keras, strict=True):
        gap = float(np.abs(ours - theirs.numpy()).max() / np.abs(ours).max())
        statement = f"损失对 {name} 的梯度，手写的与 Keras 的相同（相对误差）"
        if name == "分数":
            statement = "损失对分数的梯度就是 (ŷ − y) / n，与 Keras 的相同（相对误差）"
        lab.check(statement, got=gap, want=0, tolerance=1e-9)

    place = np.unravel_index(np.abs(by_hand[3]).argmax(), by_hand[3].shape)
    losses = []
    for move in (1e-5, -1e-5):
        near = [w.copy() for w in weights]
        near[2][place] += move
        losses.append(cross_entropy(forward(x, near)[1], y))
    slope, want = (losses[0] - losses[1]) / 2e-5, float(by_hand[3][place])
    lab.check(
        "有限差分也得到同样的梯度（W2 里最大的一个）",
        got=slope,
        want=want,
        tolerance=0.001 * abs(want),
    )

    rate = lab.params["learning_rate"]
    model.compile(
        keras.optimizers.SGD(rate), keras.losses.CategoricalCrossentropy(from_logits=True)
    )
    model.train_on_batch(x, y)
    ours = [w - rate * g for w, g in zip(weights, by_hand[1:], strict=True)]
    gap = max(float(np.abs(a - b).max()) for a, b in zip(ours, model.get_weights(), strict=True))
    lab.check("更新一步，与 Keras 的 SGD 到同一个地方", got=gap, want=0, tolerance=1e-6 * rate)


def beginnings(lab: Lab, x: np.ndarray, y: np.ndarray) -> None:
    """为什么要从随机数开始。"""
    half = float(keras.ops.sigmoid(0.0))
    slope = half * (1 - half)
    statement = "sigmoid 的斜率最大 0.25，乘十层只剩 0.00000095"
    lab.check(statement, got=[slope, slope**10], want=[0.25, 9.5e-7], tolerance=1e-8)
    dense = layers.Dense(512)
    dense.build((None, 784))
    widest = float(np.abs(dense.get_weights()[0]).max())
    lab.check("784 → 512，Keras 的初始权重不超过 0.068", got=widest, want=0.068, tolerance=2e-4)
    zeros = start(16, 0, np.random.default_rng(0))
    h, p = forward(x, zeros)
    loss = round(cross_entropy(p, y), 3)
    lab.check("从 0 开始，损失是 ln 10 = 2.303", got=loss, want=2.303)
    moved = [bool(np.abs(g).max() > 0) for g in backward(x, y, h, p, zeros[2])]
    statement = "从 0 开始，W1、b1、W2 的梯度都是 0，只有 b2 在学"
    lab.check(statement, got=moved, want=[False, False, False, True])
    same = [np.full_like(w, 0.01) for w in zeros]
    for _ in range(10):
        h, p = forward(x, same)
        same = [w - 0.1 * g for w, g in zip(same, backward(x, y, h, p, same[2]), strict=True)]
    apart = float(np.ptp(same[0], axis=1).max())
    statement = "16 个单元从同一个数开始，学了 10 步还是一模一样"
    lab.check(statement, got=apart, want=0, tolerance=1e-9)


def one_layer(lab: Lab) -> None:
    """2.4 节里一整层的反向：x = (1, 2)，两个单元，损失对输出的导数是 (3, 5)。"""
    x, w = tf.Variable([[1.0, 2.0]]), tf.Variable([[1.0, -1.0], [0.5, 1.0]])
    b = tf.Variable([0.0, -2.0])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.nn.relu(x @ w + b) * [3.0, 5.0])
    got = np.concatenate([np.ravel(gradient) for gradient in tape.gradient(loss, [w, b, x])])
    want = [3, 0, 6, 0, 3, 0, 3, 1.5]
    lab.check("一层两个单元：dW、db、dx 依次是手算的 8 个数", got=got, want=want)
