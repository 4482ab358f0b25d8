"""类激活热力图（Grad-CAM）：网络说图里是什么，它是看着哪里说的？

得分对最后一个卷积层的响应图求梯度，每个通道取平均，就是这个通道对判断有多重要；
响应图按重要性加起来，只留正的部分，放大，盖到照片上。
"""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from dlwp_tui.kit import vision
from dlwp_tui.kit.pictures import overlay
from dlwp_tui.lab import Lab


def grad_cam(
    grad_model: keras.Model, x: np.ndarray, class_index: int, before: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """热力图 (高, 宽)，0～1；以及得分对响应图的梯度 (1, 高, 宽, 通道)。"""
    with tf.GradientTape() as tape:
        maps, scores = grad_model(x, training=False)
        if not before:  # 概率饱和时，这里的梯度几乎是 0
            scores = tf.nn.softmax(scores)
        score = scores[:, class_index]
    grads = tape.gradient(score, maps)
    weights = tf.reduce_mean(grads, axis=(0, 1, 2))  # 每个通道一个数

    heatmap = tf.reduce_sum(maps[0] * weights, axis=-1).numpy()
    heatmap = np.maximum(heatmap, 0)  # 只留正的：支持这个判断的证据
    return heatmap / (np.max(heatmap) + 1e-12), grads.numpy()


def run(
    lab: Lab,
    *,
    base: str,
    rank: int,
    before: bool,
    layer: int,
    intensity: float,
    number: int,
    image: Path | None,
) -> dict[str, object]:
    # 1. 网络，照片，按网络的规矩准备
    model, prepare, names = vision.network(lab, base, vision.FIGURES_SIDE, top=True)
    lab.summary(model)
    size = model.inputs[0].shape[1:3]
    if base == "mini" and image is None:  # 它没见过照片，就看图形：四个角各画一个
        photos = [vision.four_figures(number + i) for i in range(8)]
    else:
        photos = vision.photos(lab, image, number, size, count=8)
    photo = photos[0]
    x = prepare(photo[None])

    # 2. 同一个网络，两个输出：一层的响应图，激活函数之前的得分
    pool = keras.layers.MaxPooling2D
    layers = [one.name for one in vision.shown(model) if not isinstance(one, pool)]
    grad_model = vision.maps_and_scores(model, layers[-layer])
    maps, scores = grad_model(x, training=False)
    probabilities = tf.nn.softmax(scores)[0].numpy()
    order = np.argsort(-probabilities)
    class_index = int(order[min(rank, len(order)) - 1])
    rows = [[names[i], i, f"{probabilities[i]:.1%}"] for i in order[:3]]
    lab.table("前三名", ["类别", "编号", "概率"], rows)

    # 3. 热力图，盖到照片上；前两名各一张，比一比
    heatmap, grads = grad_cam(grad_model, x, class_index, before)
    lab.picture("照片", photo, f"解释的是第 {rank} 名：{names[class_index]}")
    height, width = heatmap.shape
    lab.picture(
        "热力图", heatmap, f"{height}×{width}，来自 {layers[-layer]} 的 {maps.shape[-1]} 个通道"
    )
    lab.picture("叠加", overlay(photo, heatmap, intensity), names[class_index])
    both = []
    for i in order[:2]:
        heat, _grads = grad_cam(grad_model, x, int(i), before)
        both.append(overlay(photo, heat, intensity))
    captions = [f"{names[i]} {probabilities[i]:.1%}" for i in order[:2]]
    lab.picture_grid("第一名和第二名", both, captions, columns=2)

    # 4. 它真的在看那里吗？把最热的一块涂掉，得分该掉得多；涂掉最冷的一块，几乎不变
    drops = []
    for one in photos:
        scores = grad_model(prepare(one[None]), training=False)[1][0]
        index = int(np.argmax(scores))
        heat, _grads = grad_cam(grad_model, prepare(one[None]), index, before)
        hidden = np.stack([vision.covered(one, heat, hottest) for hottest in (True, False)])
        drops.append(scores[index] - grad_model(prepare(hidden), training=False)[1][:, index])
    hot, cold = np.mean(drops, axis=0)
    lab.picture_grid("涂掉最热的一块，最冷的一块", hidden, ["最热", "最冷"], columns=2)
    lab.result(drop_hot=hot, drop_cold=cold, probability=probabilities[class_index])
    lab.result(largest_gradient=np.abs(grads).max())
    return {"model": model, "x": x, "heatmap": heatmap, "class_index": class_index}
