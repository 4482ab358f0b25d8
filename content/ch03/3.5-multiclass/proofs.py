"""3.5 节里可以验证的话：数据有多少、标签怎样编码、46 个概率，还有瞎猜能对多少。"""

import keras
import numpy as np

from dlwp_tui.data import Loaded
from dlwp_tui.lab import Lab
from lesson import TOPICS


def prove(lab: Lab, *, reuters: Loaded, p: np.ndarray, shuffled_right: float, **_: object) -> None:
    (train_data, train_labels), (test_data, test_labels) = reuters
    sizes = [len(train_data), len(test_data)]
    lab.check("训练新闻 8,982 条，测试 2,246 条", claim="C061", got=sizes, want=[8982, 2246])
    topics = len(np.unique(train_labels))
    lab.check("一共有 46 个主题", claim="C061", got=topics, want=TOPICS)
    if reuters.source != "synthetic":
        lab.check("第一条新闻有 87 个编号", claim="C061", got=len(train_data[0]), want=87)
        lab.check("train_data[10] 的主题是 3 号", claim="C061", got=int(train_labels[10]), want=3)
    labels(lab, train_labels)

    # 46 个概率
    lab.check("一条新闻的预测有 46 个数", claim="C070", got=len(p[0]), want=TOPICS)
    judged = float(np.mean(keras.metrics.sparse_categorical_accuracy(test_labels, p)))
    got = float(np.mean(p.argmax(axis=1) == test_labels))
    statement = "最大的一项就是所判的类：用 argmax 算的精度，与 Keras 算的相同"
    lab.check(statement, claim="C070", got=got, want=judged, tolerance=1e-6)
    total = float(p[0].sum())
    lab.check("这 46 个数加起来是 1", claim="C065", got=total, want=1.0, tolerance=1e-5)
    one_hot = keras.utils.to_categorical(test_labels, TOPICS)
    dense = float(np.mean(keras.losses.categorical_crossentropy(one_hot, p)))
    sparse = float(np.mean(keras.losses.sparse_categorical_crossentropy(test_labels, p)))
    statement = "one-hot 标签与整数标签，算出的测试损失相等"
    lab.check(statement, claim="C066", got=dense, want=sparse, tolerance=1e-5)

    # 打乱标签
    shares = np.bincount(test_labels, minlength=TOPICS) / len(test_labels)
    expected = float((shares**2).sum())
    statement = f"打乱标签再对答案，对的约是各主题占比的平方和 {expected:.1%}"
    lab.check(statement, claim="C069", got=shuffled_right, want=expected, tolerance=0.03)


def labels(lab: Lab, train_labels: np.ndarray) -> None:
    """one-hot 编码和 softmax。"""
    by_hand = np.zeros((len(train_labels), TOPICS))
    by_hand[np.arange(len(train_labels)), train_labels] = 1.0
    one_hot = keras.utils.to_categorical(train_labels, TOPICS)
    same = int((one_hot == by_hand).all(axis=1).sum())
    statement = f"to_categorical 与手写的 one-hot 相同，{len(train_labels):,} 行都是"
    lab.check(statement, claim="C062", got=same, want=len(train_labels))
    softmax = np.asarray(keras.ops.softmax(np.array([1.0, 2, 3, 4, 1, 2, 3]))).round(3)
    want = [0.024, 0.064, 0.175, 0.475, 0.024, 0.064, 0.175]
    statement = "softmax([1, 2, 3, 4, 1, 2, 3]) 突出最大的一项：0.475"
    lab.check(statement, claim="C064", got=softmax.tolist(), want=want, tolerance=1e-6)
