"""卷积神经网络认 MNIST 数字：图片不压平，让网络直接看二维的图。

三个卷积层，前两个后面各跟一次池化；末尾把 3×3×64 的特征图拉平，交给一个小的 Dense。
再用同样的图片训练 2.1 节的全连接网络作对照：它的参数多四倍，错得却更多。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from dlwp_tui.lab.digits import centred, shifted, show_mistakes
from dlwp_tui.lab.pictures import sheet


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
        half = [got[0][0] // 2, got[2][0] // 2]
        lab.check("池化让高和宽减半", claim="C120", got=[got[1][0], got[3][0]], want=half)
    path = " → ".join(str(row[0]) for row in rows)
    sides, channels = [row[0] for row in got], [row[1] for row in got]
    lab.check(f"边长 28 → {path}", claim="C113", got=sides, want=[row[0] for row in rows])
    ordered = [sorted(sides, reverse=True), sorted(channels)]
    lab.check("边长越来越小，通道越来越多", claim="C117", got=[sides, channels], want=ordered)
    blank, pads = np.zeros((1, 28, 28, 1), "float32"), ("valid", "same")
    out = [layers.Conv2D(1, 3, padding=pad)(blank).shape[1] for pad in pads]
    lab.check("核 3×3：valid 得 26，same 得 28", claim="C118", got=out, want=[26, 28])
    out = [layers.Conv2D(1, 3, 2, pad)(blank).shape[1] for pad in pads]
    lab.check("步幅 2：valid 得 13，same 得 14", claim="C119", got=out, want=[13, 14])


def train(lab: Lab, model, batches, epochs: int, *, label=None, **where) -> None:
    """两个网络的损失、优化器、指标相同，都照书里的。每 5 步（约 50 毫秒）回到 Python 一次。"""
    loss = "categorical_crossentropy"
    model.compile("rmsprop", loss, metrics=["accuracy"], steps_per_execution=5)
    lab.summary(model, label)
    model.fit(batches, epochs=epochs, callbacks=lab.callbacks(label, **where), verbose=0)


def evaluate(model, images, labels) -> tuple[np.ndarray, float, float]:
    """十个概率 (n, 10)、损失（正确答案的 −log 概率的平均）、精度。"""
    p = model.predict(images, batch_size=500, verbose=0)
    loss = -np.log(np.maximum(p[np.arange(len(p)), labels], 1e-7)).mean()
    return p, float(loss), float((p.argmax(axis=1) == labels).mean())


def run(lab: Lab, *, filters: int, kernel: int, padding: str, strides: int, pooling: str,
        units: int, epochs: int, batch_size: int, samples: int, compare: bool) -> None:  # fmt: skip
    sizes = {"filters": filters, "kernel": kernel, "padding": padding}
    sizes |= {"strides": strides, "pooling": pooling}
    rows = by_hand(28, **sizes)
    if min(row[0] for row in rows) < 1:
        path = " → ".join(str(max(row[0], 0)) for row in rows)
        lab.refuse(f"图缩得太快，放不下窗口：28 → {path}。", "用 same 填充，或减小卷积核、步幅。")
    # 1. 数据：末尾加一个通道轴，缩到 0–1
    (train_images, train_labels), (test_images, test_labels) = lab.dataset("mnist")
    x_train = train_images[:samples, :, :, None].astype("float32")
    x_test = test_images[..., None].astype("float32")
    x_train /= 255
    x_test /= 255
    y_train = keras.utils.to_categorical(train_labels[:samples], 10)

    # 2. 网络：卷积部分，再接上分类器
    body = build(28, **sizes)
    lab.summary(body, "卷积部分")
    check_shapes(lab, body, rows)
    got, want = build(32, **sizes).output_shape[1], by_hand(32, **sizes)[-1][0]
    lab.check(f"输入换成 32×32，最后的边长是 {want}", claim="C113", got=got, want=want)
    model = keras.Sequential([keras.Input((28, 28, 1)), *body.layers, layers.Flatten()])
    model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    convolution = sum(row[2] for row in rows)
    total = convolution + (rows[-1][0] ** 2 * 2 * filters + 1) * units + (units + 1) * 10
    got, want = [body.count_params(), model.count_params()], [convolution, total]
    lab.check(f"参数：卷积部分 {want[0]:,}，全部 {want[1]:,}", claim="C114", got=got, want=want)
    conv = layers.Conv2D(32, 3)  # 滑动窗口，就是把每个图块拉平，乘一个 (9, 32) 的矩阵
    maps = np.asarray(conv(x_test[:1]))[0]
    patches = np.lib.stride_tricks.sliding_window_view(x_test[0, :, :, 0], (3, 3))
    dots = patches.reshape(26, 26, 9) @ np.asarray(conv.kernel).reshape(9, 32)
    off = float(np.abs(maps - dots).max())
    lab.check("图块与核的点积就是卷积：差", claim="C116", got=off, want=0, tolerance=1e-5)

    # 3. 训练；对照网络用同样的图片、同样的轮次
    lab.phase("训练卷积网络")
    batches = lab.batches(x_train, y_train, batch_size)
    train(lab, model, batches, epochs, part=(0, 2 if compare else 1))
    lab.save(model)
    if compare:
        dense = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten()])
        dense.add(layers.Dense(512, activation="relu"))
        dense.add(layers.Dense(10, activation="softmax"))
        lab.phase("训练全连接网络（2.1 节）")
        batches = lab.batches(x_train, y_train, 128)
        train(lab, dense, batches, epochs, label="全连接", part=(1, 2))

    # 4. 评估：测试集；平移 2、4、6 个像素之后再评一次（每 10 张取一张，四个方向）
    lab.phase("评估")
    networks = {"卷积": model} | ({"全连接": dense} if compare else {})
    table, answers, results = [], [], {}
    for name, network in networks.items():
        p, loss, test = evaluate(network, x_test, test_labels)
        some, labels = x_test[::10], np.tile(test_labels[::10], 4)
        after = [evaluate(network, shifted(some, pixels), labels)[2] for pixels in (2, 4, 6)]
        kind = "test" if network is model else "dense"
        shift = "shift_accuracy" if network is model else "dense_shift_accuracy"
        results |= {f"{kind}_accuracy": test, f"{kind}_loss": loss, shift: after[0]}
        row = [name, f"{network.count_params():,}", f"{test:.2%}", f"{1 - test:.2%}"]
        table.append(row + [f"{share:.1%}" for share in after])
        answers.append(p)
    lab.result(**results)
    columns = ["网络", "参数", "测试精度", "错误率", "平移 2", "平移 4", "平移 6"]
    lab.table("测试精度，以及平移几个像素之后的精度", columns, table)

    # 5. 看一看：第一层的响应图，认错的数字
    maps = np.asarray(body.layers[0](x_test[:1]))[0]  # (26, 26, 32)：每个过滤器一张
    caption = f"每格是一个过滤器：这张 {test_labels[0]} 里，它的模式在哪里最明显"
    lab.picture("第一个卷积层的响应图", sheet(maps.transpose(2, 0, 1)), caption)
    show_mistakes(lab, test_images, test_labels, answers[0], title="卷积网络认错的数字")
    if compare:
        right = [p.argmax(axis=1) == test_labels for p in answers]
        only = [int((~right[0] & right[1]).sum()), int((right[0] & ~right[1]).sum())]
        both = int((~right[0] & ~right[1]).sum())
        rows = [["只有卷积网络错", only[0]], ["只有全连接网络错", only[1]], ["两个都错", both]]
        lab.table("谁认错了", ["哪一种", "张数"], rows)


def probe(lab: Lab):
    """画一个数字，得到十个概率。画在哪里、多大都行：先像 MNIST 那样缩放、居中。"""
    model = lab.load()

    def ask(drawing: list[list[float]]) -> dict:
        p = np.asarray(model(centred(drawing)[None, :, :, None]))[0]  # 0 是空白，1 是墨
        return {"bars": {str(digit): float(p[digit]) for digit in range(10)}}

    return ask
