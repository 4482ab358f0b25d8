"""one-hot 编码：手写单词级、字符级，再用 Keras 做一遍，最后用散列省去词表。

不训练网络。看四个张量的形状，看哪些词被散列到同一列，再看列数要多大才不大会相撞。
"""

import string
import zlib
from collections.abc import Sequence

import numpy as np
from keras import layers

from dlwp_tui.lab import Lab

CHARACTERS = {char: i for i, char in enumerate(string.printable, 1)}  # 100 个，编号 1–100


def number(sentences: list[list[str]]) -> dict[str, int]:
    """词表：每个词一个编号，按出现的次序从 1 数起，0 留着不用。"""
    words = dict.fromkeys(word for words in sentences for word in words)
    return {word: i for i, word in enumerate(words, 1)}


def one_hot(ids: Sequence[Sequence[int | None]], max_length: int, width: int) -> np.ndarray:
    """编号 → (句数, max_length, width)：第 i 句的第 j 个编号是 k，就在 [i, j, k] 写 1。"""
    results = np.zeros((len(ids), max_length, width), dtype="float32")
    for i, row in enumerate(ids):
        for j, k in enumerate(row[:max_length]):
            if k is not None:  # 表里没有的，那一行留着全 0
                results[i, j, k] = 1.0
    return results


def hashed(word: str, columns: int) -> int:
    """散列：词 → 列号，不需要词表。crc32 每次都一样；Python 的 hash 每次启动都不同，存不下来。"""
    return zlib.crc32(word.encode()) % columns


def chance(words: int, columns: int) -> float:
    """词随机放进各列，至少两个相撞的概率（生日问题）。"""
    return 1.0 - float(np.prod(np.maximum(0, 1 - np.arange(words) / columns)))


def run(
    lab: Lab,
    *,
    samples: str,
    max_length: int,
    max_chars: int,
    num_words: int,
    dimensionality: int,
    many: int,
) -> None:
    # 1. 手写：每个词、每个字符各占一列
    texts = samples.split(" | ")
    sentences = [text.split() for text in texts]  # 只按空格切：标点还粘在词上
    index = number(sentences)
    words = [[index[word] for word in sentence] for sentence in sentences]
    tensors = {"单词级": one_hot(words, max_length, len(index) + 1)}
    chars = [[CHARACTERS.get(char) for char in text] for text in texts]
    tensors["字符级"] = one_hot(chars, max_chars, len(CHARACTERS) + 1)
    lab.table("单词级：词表", ["编号", "词"], [[i, word] for word, i in index.items()])
    names = sentences[0] + ["（没有词）"] * max_length
    shown = tensors["单词级"][0, :12, :20]
    rows = [[name, *np.where(row, "1", "·")] for name, row in zip(names, shown, strict=False)]
    lab.table("单词级：第 0 句，一行一个词", ["词", *range(shown.shape[1])], rows)
    lab.picture("字符级：第 0 句", tensors["字符级"][0], "一行一个字符，亮点是那个字符的编号")

    # 2. Keras：转小写、去标点、按空白切开、按词频编号；第 0 列是词表外 [UNK]
    encode = layers.TextVectorization(num_words, output_mode="multi_hot", pad_to_max_tokens=True)
    tensors["Keras"] = np.zeros((len(texts), num_words))
    if set(samples) - set(string.punctuation + " "):
        encode.adapt(texts)
        tensors["Keras"] = np.array(encode(texts))
        lab.table("Keras 的词表", ["列", "词"], list(enumerate(encode.get_vocabulary())))
    else:
        lab.text("Keras 的词表", "句子里只有标点，去掉标点之后一个词也没有。")

    # 3. 散列：落到同一列的词，模型再也分不清。四种编码比一比
    column = {word: hashed(word, dimensionality) for word in index}
    columns = [[column[word] for word in sentence] for sentence in sentences]
    tensors["散列"] = one_hot(columns, max_length, dimensionality)
    rows = [[name, str(a.shape), int(a.sum()), f"{a.mean():.2%}"] for name, a in tensors.items()]
    lab.table("四种编码", ["", "形状", "有几个 1", "1 的比例"], rows)
    places = {k: [w for w in index if column[w] == k] for k in sorted(set(column.values()))}
    rows = [[k, "、".join(words)] for k, words in places.items() if len(words) > 1]
    lab.table(f"散列到 {dimensionality} 列：撞到一起的", ["列", "词"], rows or [["–", "没有"]])

    # 4. 多少列才够？每种列数随机放 5000 次，数一数有多少次相撞，与公式比
    rng, hits = np.random.default_rng(lab.seed), {}
    for width in range(100, 4001, 100):
        thrown = np.sort(rng.integers(0, width, (5000, many)), axis=1)  # 一行是一次
        hits[width] = (np.diff(thrown, axis=1) == 0).any(axis=1).mean()
        lab.log(width, "模拟", unit="列数", chance=hits[width])
        lab.log(width, "公式", unit="列数", chance=chance(many, width))
    enough = next(m for m in range(100, 10**9, 100) if chance(many, m) < 0.05)
    rows = [[m, f"{chance(many, m):.1%}"] for m in (10, 100, 1000, 10_000, enough)]
    lab.table(f"{many} 个词，至少有一对相撞", ["列数", "概率"], rows)
    collided = sum(len(words) for words in places.values() if len(words) > 1)
    lab.result(collided=collided, chance_1000=hits[1000], columns_for_5_percent=enough)
