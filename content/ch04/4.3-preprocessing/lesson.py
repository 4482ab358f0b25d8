"""特征工程：从钟面的像素、指针尖的坐标、指针的角度，分别读出时间。

同样的钟，三种输入。特征越好，要学的越少：从几万个参数的卷积网络，到三个参数的一个单元。
"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.kit import clocks
from dlwp_tui.kit.pictures import sheet
from dlwp_tui.lab import Lab

VALIDATION = 1000
NAMES = {"pixels": "像素", "coordinates": "坐标", "angles": "角度"}


def angles(minutes: np.ndarray) -> np.ndarray:
    """12 点以后的分钟数 (n,) → 分针和时针的角度 (n, 2)，从 12 点起顺时针，单位是度。"""
    return np.stack([minutes % 60 * 6, minutes / 2], axis=1)


def coordinates(minutes: np.ndarray) -> np.ndarray:
    """→ 分针尖的 x、y 和时针尖的 x、y (n, 4)。表心是原点，分针长 1，时针长 0.6。"""
    minute, hour = np.deg2rad(angles(minutes)).T
    tips = [np.sin(minute), np.cos(minute), 0.6 * np.sin(hour), 0.6 * np.cos(hour)]
    return np.stack(tips, axis=1)


def inputs(features: str, minutes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """网络看到的：像素 (n, 32, 32, 1)、坐标 (n, 4) 或者角度 (n, 2)，都在 −1 到 1 之间。"""
    if features == "pixels":
        return clocks.draw(minutes, rng)[..., None]
    return coordinates(minutes) if features == "coordinates" else angles(minutes) / 180 - 1


def build(features: str) -> keras.Model:
    """一种输入 → 时间 (n, 1)：0 是 12:00，1 是再到 12:00。"""
    if features == "pixels":
        model = keras.Sequential([keras.Input((32, 32, 1))])
        model.add(layers.Conv2D(16, 5, strides=2, activation="relu"))
        model.add(layers.Conv2D(32, 3, strides=2, activation="relu"))
        model.add(layers.Flatten())
        model.add(layers.Dense(64, activation="relu"))
    elif features == "coordinates":
        model = keras.Sequential([keras.Input((4,))])
        model.add(layers.Dense(32, activation="relu"))
        model.add(layers.Dense(32, activation="relu"))
    else:
        model = keras.Sequential([keras.Input((2,))])  # 没有隐藏层：一个单元，一条直线
    model.add(layers.Dense(1))
    return model


@keras.saving.register_keras_serializable()
def minutes_off(y: keras.KerasTensor, p: keras.KerasTensor) -> keras.KerasTensor:
    """平均读错几分钟。11:59 读成 12:00 只错一分钟，所以绕着表盘量。"""
    off = keras.ops.abs(y - p) % 1 * 720
    return keras.ops.mean(keras.ops.minimum(off, 720 - off))


def run(
    lab: Lab, *, features: str, samples: int, epochs: int, learning_rate: float
) -> dict[str, object]:
    # 1. 随机的时间；最后 1,000 个留作验证
    rng = np.random.default_rng(lab.seed)
    minutes = rng.uniform(0, 720, samples + VALIDATION)
    time = (minutes / 720).astype("float32")[:, None]
    shown = "  ".join(clocks.clock(m) for m in minutes[:8])
    lab.picture("前八个钟", sheet(clocks.draw(minutes[:8], rng), 4), shown)
    lab.baseline("永远猜 6 点", val_minutes_off=180)

    # 2. 每种输入，训练它自己的网络
    chosen = list(NAMES) if features == "all" else [features]
    rows, off = [["查表", 2, 0, "0.0"]], {}
    for number, name in enumerate(chosen):
        lab.phase(NAMES[name])
        x, model = inputs(name, minutes, rng), build(name)
        train = lab.batches(x[:samples], time[:samples], 16)
        every = lab.steps_per_execution(model, train)
        slower = keras.optimizers.schedules.CosineDecay(learning_rate, epochs * len(train))
        adam = keras.optimizers.Adam(slower)  # 步子越迈越小，最后停稳
        model.compile(adam, "mse", metrics=[minutes_off], steps_per_execution=every)
        lab.summary(model, label=NAMES[name])
        unseen = lab.batches(x[samples:], time[samples:], 500, shuffle=False)
        watch = lab.callbacks(label=NAMES[name], part=(number, len(chosen)))
        model.fit(train, epochs=epochs, validation_data=unseen, callbacks=watch, verbose=0)
        lab.save(model, name)
        off[name] = model.evaluate(unseen, return_dict=True, verbose=0)["minutes_off"]
        count = model.count_params()
        rows.insert(number, [NAMES[name], x[0].size, f"{count:,}", f"{off[name]:.1f}"])
    lab.table("平均读错几分钟", ["输入", "几个数", "要学的参数", "分钟"], rows)
    lab.result(**off)
    return {"minutes": minutes}


def demo(lab: Lab) -> clocks.Demo:
    """输入一个时间，画出那样的钟，让训练好的网络各读一遍。"""
    return clocks.demo(lab, NAMES, inputs)
