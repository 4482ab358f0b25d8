"""5.2 节里可以验证的话：照片的张数，张量的形状，每一层的形状和参数。"""

import keras
import numpy as np

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, *, model: keras.Sequential, photos, train, **_: object) -> None:
    parts = [photos.train, photos.validation, photos.test]
    counts = [int((part.y == kind).sum()) for part in parts for kind in (0, 1)]
    statement = "训练、验证、测试，每类各有 1000、500、500 张"
    lab.check(statement, claim="C124", got=counts, want=[1000, 1000, 500, 500, 500, 500])
    batch, side = lab.params["batch_size"], lab.params["side"]
    images, labels = next(iter(train))
    shapes = f"{tuple(images.shape)}、{tuple(labels.shape)}"
    want = f"({batch}, {side}, {side}, 3)、({batch},)"
    lab.check("一批照片和标签的形状", got=shapes, want=want)
    scaled = np.asarray(model.layers[0](images))
    statement = "Rescaling 把 0～255 缩到 0～1"
    lab.check(statement, claim="C123", got=scaled * 255, want=np.asarray(images), tolerance=1e-3)
    ends = np.asarray(model.layers[0](np.array([[0.0, 255.0]]))).ravel()
    lab.check("0 变成 0，255 变成 1", claim="C123", got=ends, want=[0, 1], tolerance=1e-6)
    network(lab, model)
    book(lab)


def network(lab: Lab, model: keras.Sequential) -> None:
    """每一层的边长：卷积少 2，池化减半；参数按公式手算。"""
    side, filters, units = (lab.params[name] for name in ("side", "filters", "units"))
    sides, params, channels = [], 0, 3
    for out in (filters, 2 * filters, 4 * filters, 4 * filters):
        side -= 2
        sides += [side, side // 2]
        side //= 2
        params += (9 * channels + 1) * out
        channels = out
    got = [layer.output.shape[1] for layer in model.layers[1:9]]
    path = " → ".join(map(str, sides))
    lab.check(f"边长：{lab.params['side']} → {path}", claim="C122", got=got, want=sides)
    total = params + (side**2 * channels + 1) * units + units + 1
    lab.check(f"共有 {total:,} 个参数", claim="C122", got=model.count_params(), want=total)


def book(lab: Lab) -> None:
    """书里的大小：150×150，32 个过滤器，512 个单元。"""
    model = build(150, 32, 512)
    got = [*model.layers[8].output.shape[1:], model.count_params()]
    kinds = [type(layer).__name__ for layer in model.layers[1:9]]
    statement = "四组“卷积 + 池化”，一组接一组"
    lab.check(statement, claim="C122", got=kinds, want=["Conv2D", "MaxPooling2D"] * 4)
    ends = [(layer.units, layer.activation.__name__) for layer in model.layers[-2:]]
    statement = "末尾是 512 个单元的 Dense 和一个 sigmoid"
    lab.check(statement, claim="C122", got=ends, want=[(512, "relu"), (1, "sigmoid")])
    statement = "书里的网络把 150×150 缩到 7×7×128，共 3,453,121 个参数"
    lab.check(statement, claim="C122", got=got, want=[7, 7, 128, 3_453_121])
    dense = model.layers[-2].count_params()
    share = round(100 * dense / model.count_params())
    lab.check("其中 93% 在 Dense(512) 一层", got=share, want=93)
