"""卷积神经网络认 MNIST 数字：图片不压平，让网络直接看二维的图。

三个卷积层，前两个后面各跟一次池化；末尾把 3×3×64 的特征图拉平，交给一个小的 Dense。
再用同样的图片训练 2.1 节的全连接网络作对照：它的参数多四倍，错得却更多。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import digits
from dlwp_tui.lab import Lab


def build(
    side: int, filters: int, kernel: int, *, padding: str, strides: int, pooling: str
) -> keras.Sequential:
    """卷积部分：图片 (n, side, side, 1) → 特征图，书里是 (n, 3, 3, 64)。"""
    model = keras.Sequential([keras.Input((side, side, 1))])
    for channels in (filters, 2 * filters):
        model.add(layers.Conv2D(channels, kernel, strides, padding, activation="relu"))
        if pooling != "none":
            kind = layers.MaxPooling2D if pooling == "max" else layers.AveragePooling2D
            model.add(kind((2, 2)))
    model.add(layers.Conv2D(2 * filters, kernel, padding=padding, activation="relu"))
    return model


def add_classifier(model: keras.Sequential, units: int) -> None:
    """末尾的分类器：特征图拉平，一个隐藏层，十个数字的概率 (n, 10)。"""
    model.add(layers.Flatten())
    model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))


def run(
    lab: Lab,
    *,
    filters: int,
    kernel: int,
    padding: str,
    strides: int,
    pooling: str,
    units: int,
    epochs: int,
    batch_size: int,
    samples: int,
    compare: bool,
) -> dict[str, object]:
    # 1. 数据：末尾加一个通道轴，缩到 0–1
    (train_images, train_labels), (test_images, test_labels) = lab.dataset("mnist")
    x_train = train_images[:samples, :, :, None] / np.float32(255)
    x_test = test_images[..., None] / np.float32(255)
    y_train = keras.utils.to_categorical(train_labels[:samples], 10)

    # 2. 网络：卷积部分，再接上分类器
    cnn = build(28, filters, kernel, padding=padding, strides=strides, pooling=pooling)
    lab.summary(cnn, "卷积部分")
    add_classifier(cnn, units)
    networks = {"卷积": cnn}
    if compare:  # 2.1 节的网络：只有分类器，宽 512
        networks["全连接"] = keras.Sequential([keras.Input((28, 28, 1))])
        add_classifier(networks["全连接"], 512)

    # 3. 训练：优化器、损失都照书里的，图片和轮次也相同
    for i, (name, network) in enumerate(networks.items()):
        lab.phase(f"训练{name}网络")
        label = name if i else None
        batches = lab.batches(x_train, y_train, 128 if i else batch_size)
        steps = lab.steps_per_execution(network, batches)  # 约 50 毫秒的步数一次执行完，结果不变
        network.compile(
            "rmsprop", "categorical_crossentropy", metrics=["accuracy"], steps_per_execution=steps
        )
        lab.summary(network, label)
        callbacks = lab.callbacks(label, part=(i, len(networks)))
        network.fit(batches, epochs=epochs, callbacks=callbacks, verbose=0)
        if network is cnn:
            lab.save(cnn)

    # 4. 评估：测试集；平移 2、4、6 个像素之后再评一次；谁认错了
    lab.phase("评估")
    scores = digits.examine(lab, networks, x_test, test_labels)
    for kind, score in zip(("test", "dense"), scores.values(), strict=False):
        lab.result(None, **score.figures(kind))

    # 5. 看一看：第一层的响应图，认错的数字
    maps = np.asarray(cnn.layers[0](x_test[:1]))[0]  # (26, 26, 32)：每个过滤器一张
    caption = f"每格是一个过滤器：这张 {test_labels[0]} 里，它的模式在哪里最明显"
    lab.picture_grid("第一个卷积层的响应图", maps.transpose(2, 0, 1), caption=caption)
    p, title = scores["卷积"].p, "卷积网络认错的数字"
    digits.show_mistakes(lab, test_images, test_labels, p, title=title)
    return {"cnn": cnn, "x_test": x_test}


def demo(lab: Lab) -> digits.Demo:
    """画一个数字，得到十个概率，和每一层的响应。画在哪里都行：先像 MNIST 那样缩放、居中。"""
    return digits.demo(lab, lambda page: page[None, :, :, None], layers=True)  # 0 是空白，1 是墨
