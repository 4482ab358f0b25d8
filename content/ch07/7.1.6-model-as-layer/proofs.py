"""7.1.6 节里可以验证的话：参数只算一次，调用用的是现有的权重，冻结。"""

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import build_eye


def prove(lab: Lab, *, model: keras.Model, eye: keras.Model, change: float) -> None:
    head = [layer.count_params() for layer in model.layers if layer is not eye]
    total = eye.count_params() + sum(head)
    got = model.count_params()
    lab.check("眼睛用了两次，参数只算一次", claim="C235", got=got, want=total)
    if lab.params["base"] == "xception":
        lab.check(
            "Xception 20,861,480 个参数", claim="C235", got=eye.count_params(), want=20_861_480
        )
    xception = eye if lab.params["base"] == "xception" else None
    if xception is not None and lab.params["side"] == 250:
        shape = list(xception.output_shape[1:])
        lab.check("250×250 的图，得到 (8, 8, 2048)", claim="C235", got=shape, want=[8, 8, 2048])
    frozen = lab.params["frozen"]
    statement = "冻结之后训练，眼睛的权重不变" if frozen else "训练之后，眼睛的权重变了"
    lab.check(statement, claim="C236", got=change > 0, want=not frozen)

    small = build_eye("small", 16)
    x = np.ones((1, 16, 16, 3), "float32")
    tensor = keras.Input((16, 16, 3))
    outer = keras.Model(tensor, small(tensor))
    off = float(np.abs(np.asarray(outer(x)) - np.asarray(small(x))).max())
    lab.check("调用模型用的是它现有的权重", claim="C235", got=off, want=0)

    a, b = keras.Input((3,)), keras.Input((3,))
    two = keras.Model([a, b], [layers.add([a, b]), layers.multiply([a, b])])
    outputs = two([np.ones((1, 3)), np.ones((1, 3))])
    lab.check("多输入、多输出：y1, y2 = model([x1, x2])", claim="C235", got=len(outputs), want=2)
    freezing(lab)


def freezing(lab: Lab) -> None:
    """编译、冻结、fit 的四种次序，内层的权重变不变。"""
    x = np.ones((8, 3), "float32")

    def changed(order: str) -> bool:
        """order：c 编译，f 冻结，t 训练一轮；看最后一次训练变没变。"""
        inner = keras.Sequential([keras.Input((3,)), layers.Dense(3)])
        inputs = keras.Input((3,))
        outer = keras.Model(inputs, layers.Dense(1)(inner(inputs)))
        before = inner.get_weights()[0]
        for step in order:
            before = inner.get_weights()[0]
            if step == "c":
                outer.compile("sgd", "mse")
            elif step == "f":
                inner.trainable = False
            else:
                outer.fit(x, x[:, :1], verbose=0)
        return not np.array_equal(before, inner.get_weights()[0])

    got = [changed(order) for order in ("fct", "cft", "ctft", "ctfct")]
    statement = "冻结→编译→fit、编译→冻结→fit、编译→fit→冻结→fit、再编译→fit：变不变"
    lab.check(statement, claim="C236", got=got, want=[False, False, True, False])
