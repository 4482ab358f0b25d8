"""卷积神经网络认 MNIST 数字：图片不压平，让网络直接看二维的图。

三个卷积层，前两个后面各跟一次池化；末尾把 3×3×64 的特征图拉平，交给一个小的 Dense。
再用同样的图片训练 2.1 节的全连接网络作对照：它的参数多四倍，错得却更多。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import digits
from dlwp_tui.kit.pictures import sheet
from dlwp_tui.lab import Lab

LOSS = "categorical_crossentropy"


def build(side: int, *, filters, kernel, padding, strides, pooling) -> keras.Sequential:
    """卷积部分：图片 (n, side, side, 1) → 特征图，书里是 (n, 3, 3, 64)。"""
    pool = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}.get(pooling)
    body = keras.Sequential([keras.Input((side, side, 1))])
    for channels in (filters, 2 * filters):
        body.add(layers.Conv2D(channels, kernel, strides, padding, activation="relu"))
        if pool:
            body.add(pool((2, 2)))
    body.add(layers.Conv2D(2 * filters, kernel, padding=padding, activation="relu"))
    return body


def classifier(units: int) -> list[keras.Layer]:
    """末尾的分类器：拉平，一个隐藏层，十个数字的概率。"""
    return [layers.Flatten(), layers.Dense(units, "relu"), layers.Dense(10, "softmax")]


def by_hand(side: int, *, filters, kernel, padding, strides, pooling) -> list[list[int]]:
    """按笔记的公式手算各层的 [边长, 通道, 参数]：书里第一层 [26, 32, 320]。"""
    rows, channels = [], 1
    for out, step in ((filters, strides), (2 * filters, strides), (2 * filters, 1)):
        side = -(-side // step) if padding == "same" else (side - kernel) // step + 1
        rows.append([side, out, (kernel**2 * channels + 1) * out])
        if pooling != "none" and len(rows) < 4:
            side //= 2
            rows.append([side, out, 0])
        channels = out
    return rows


def check_shapes(lab: Lab, body: keras.Sequential, rows: list[list[int]]) -> None:
    """笔记关于形状和参数的说法：Keras 算出的（got）与手算的（want）逐条核对。"""
    got = [[*layer.output.shape[2:], layer.count_params()] for layer in body.layers]
    lab.check(f"第一个 Conv2D 得 {rows[0]}", claim="C111", got=got[0], want=rows[0])
    if len(got) == 5:
        lab.check(f"池化层得 {rows[1]}，没有参数", claim="C112", got=got[1], want=rows[1])
        halves = [got[0][0] // 2, got[2][0] // 2]
        lab.check("池化让高和宽减半", claim="C120", got=[got[1][0], got[3][0]], want=halves)
    (sides, channels, _), path = map(list, zip(*got, strict=True)), [row[0] for row in rows]
    lab.check(f"边长 28 → {' → '.join(map(str, path))}", claim="C113", got=sides, want=path)
    want = [sorted(sides, reverse=True), sorted(channels)]
    lab.check("边长越来越小，通道越来越多", claim="C117", got=[sides, channels], want=want)


def check_convolution(lab: Lab, image: np.ndarray) -> None:
    """笔记关于卷积本身的说法，用一张图 (28, 28) 来核对；与选的参数无关。"""
    x = image[None, :, :, None]
    one = [layers.Conv2D(1, 3, 1, pad)(x).shape[1] for pad in ("valid", "same")]
    two = [layers.Conv2D(1, 3, 2, pad)(x).shape[1] for pad in ("valid", "same")]
    lab.check("核 3×3：valid 得 26，same 得 28", claim="C118", got=one, want=[26, 28])
    lab.check("步幅 2：valid 得 13，same 得 14", claim="C119", got=two, want=[13, 14])
    conv = layers.Conv2D(32, 3)  # 滑动窗口，就是把每个图块拉平，乘一个 (9, 32) 的矩阵
    maps = np.asarray(conv(x))[0]  # (26, 26, 32)
    patches = np.lib.stride_tricks.sliding_window_view(image, (3, 3)).reshape(26, 26, 9)
    off = float(np.abs(maps - patches @ np.asarray(conv.kernel).reshape(9, 32)).max())
    lab.check("图块与核的点积就是卷积：差", claim="C116", got=off, want=0, tolerance=1e-5)


def train(lab: Lab, model, batches, epochs: int, **curves) -> None:
    """两个网络的损失、优化器、指标相同，都照书里的。每 5 步（约 50 毫秒）回到 Python 一次。"""
    model.compile("rmsprop", LOSS, metrics=["accuracy"], steps_per_execution=5)
    lab.summary(model, curves.get("label"))
    model.fit(batches, epochs=epochs, callbacks=lab.callbacks(**curves), verbose=0)


def run(lab: Lab, *, filters: int, kernel: int, padding: str, strides: int, pooling: str,
        units: int, epochs: int, batch_size: int, samples: int, compare: bool) -> None:  # fmt: skip
    sizes = {"filters": filters, "kernel": kernel, "padding": padding,
             "strides": strides, "pooling": pooling}  # fmt: skip
    rows = by_hand(28, **sizes)
    if min(row[0] for row in rows) < 1:
        path = " → ".join(str(max(row[0], 0)) for row in rows)
        lab.refuse(f"图缩得太快，放不下窗口：28 → {path}。", "用 same 填充，或减小卷积核、步幅。")
    # 1. 数据：末尾加一个通道轴，缩到 0–1
    (train_images, train_labels), (test_images, test_labels) = lab.dataset("mnist")
    x_train = train_images[:samples, :, :, None] / np.float32(255)
    x_test = test_images[..., None] / np.float32(255)
    y_train = keras.utils.to_categorical(train_labels[:samples], 10)
    check_convolution(lab, x_test[0, :, :, 0])

    # 2. 网络：卷积部分，再接上分类器
    body = build(28, **sizes)
    lab.summary(body, "卷积部分")
    check_shapes(lab, body, rows)
    got, want = build(32, **sizes).output_shape[1], by_hand(32, **sizes)[-1][0]
    lab.check(f"输入换成 32×32，最后的边长是 {want}", claim="C113", got=got, want=want)
    model = keras.Sequential([keras.Input((28, 28, 1)), *body.layers, *classifier(units)])
    convolution = sum(row[2] for row in rows)
    total = convolution + (rows[-1][0] ** 2 * 2 * filters + 1) * units + (units + 1) * 10
    got, want = [body.count_params(), model.count_params()], [convolution, total]
    lab.check(f"参数：卷积部分 {want[0]:,}，全部 {want[1]:,}", claim="C114", got=got, want=want)

    # 3. 训练；对照网络用同样的图片、同样的轮次
    lab.phase("训练卷积网络")
    train(lab, model, lab.batches(x_train, y_train, batch_size), epochs, part=(0, 1 + compare))
    lab.save(model)
    networks = {"卷积": model}
    if compare:
        dense = keras.Sequential([keras.Input((28, 28, 1)), *classifier(512)])
        lab.phase("训练全连接网络（2.1 节）")
        train(lab, dense, lab.batches(x_train, y_train, 128), epochs, label="全连接", part=(1, 2))
        networks["全连接"] = dense

    # 4. 评估：测试集；平移 2、4、6 个像素之后再评一次；谁认错了
    lab.phase("评估")
    scores = digits.examine(lab, networks, x_test, test_labels)
    for kind, score in zip(("test", "dense"), scores.values(), strict=False):
        lab.result(**score.figures(kind))

    # 5. 看一看：第一层的响应图，认错的数字
    maps = np.asarray(body.layers[0](x_test[:1]))[0]  # (26, 26, 32)：每个过滤器一张
    caption = f"每格是一个过滤器：这张 {test_labels[0]} 里，它的模式在哪里最明显"
    lab.picture("第一个卷积层的响应图", sheet(maps.transpose(2, 0, 1)), caption)
    p, title = scores["卷积"].p, "卷积网络认错的数字"
    digits.show_mistakes(lab, test_images, test_labels, p, title=title)


def demo(lab: Lab):
    """画一个数字，得到十个概率。画在哪里、多大都行：先像 MNIST 那样缩放、居中。"""
    return digits.demo(lab, lambda page: page[None, :, :, None])  # 0 是空白，1 是墨
