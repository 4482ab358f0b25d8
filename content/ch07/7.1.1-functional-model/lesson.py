"""函数式 API：同一个网络写两遍，一遍用 Sequential，一遍把层当函数用。

得到的是同一个网络：参数一样多；权重相同，预测就相同；从同样的权重训练，曲线重合。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def build(units: int, *, slip: bool = False) -> keras.Model:
    """函数式写法：造输入张量，让它流过各层，再把两头交给 Model。图片 (n, 784) → 概率 (n, 10)。"""
    inputs = keras.Input(shape=(784,))
    x = layers.Dense(units, activation="relu")(inputs)
    x = layers.Dense(units, activation="relu")(inputs if slip else x)  # 笔误：该用 x，写成了 inputs
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs)


def build_sequential(units: int, *, hidden_layers: int = 2) -> keras.Model:
    """Sequential 写法：列出各层。"""
    model = keras.Sequential([keras.Input(shape=(784,))])
    for _ in range(hidden_layers):
        model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    return model


def run(
    lab: Lab, *, units: int, slip: bool, samples: int, epochs: int, batch_size: int
) -> dict[str, object]:
    # 1. 两种写法
    model = build(units, slip=slip)
    sequential = build_sequential(units, hidden_layers=1 if slip else 2)  # 笔误少了一层
    lab.summary(model)
    lab.summary(sequential, "Sequential 写法")

    # 2. 两头连不上，就建不成模型
    other = keras.Input(shape=(32,))
    try:
        keras.Model(other, model.output)
        error = ""
    except ValueError as problem:
        error = str(problem)
    lab.text("给一个不相干的输入，keras.Model(other, outputs) 报错", error)

    # 3. 同样的权重，同样的预测
    sequential.set_weights(model.get_weights())
    (train_images, train_labels), (test_images, test_labels) = lab.dataset("mnist")
    x_train = train_images[:samples].reshape(-1, 784) / np.float32(255)
    x_test = test_images.reshape(-1, 784) / np.float32(255)
    y_train = train_labels[:samples]
    gap = model.predict(x_test, 1000, verbose=0) - sequential.predict(x_test, 1000, verbose=0)

    # 4. 编译、fit、evaluate 的用法完全一样；不打乱，两个网络见到的批就一样
    batches = lab.batches(x_train, y_train, batch_size, shuffle=False)
    for i, (network, label) in enumerate([(model, None), (sequential, "Sequential 写法")]):
        steps = lab.steps_per_execution(network, batches)
        network.compile(
            optimizer="rmsprop",
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
            steps_per_execution=steps,
        )
        callbacks = lab.callbacks(label, part=(i, 2))
        network.fit(batches, epochs=epochs, callbacks=callbacks, verbose=0)
    lab.save(model)
    scores = model.evaluate(x_test, test_labels, batch_size=1000, return_dict=True, verbose=0)
    difference = float(np.abs(gap).max())
    lab.result(test_accuracy=scores["accuracy"], difference=difference)
    return {"model": model, "sequential": sequential, "error": error, "difference": difference}
