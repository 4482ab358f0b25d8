"""one-hot 编码：手写单词级、字符级，再用 Keras 做一遍，最后用散列省去词表。

不训练网络。看四个张量的形状，看哪些词被散列到同一列，再看列数要多大才不大会相撞。
"""

import string
import zlib
from collections import defaultdict
from collections.abc import Callable

import numpy as np
from keras import layers

from dlwp_tui.lab import Lab

BOOK = ["The cat sat on the mat.", "The dog ate my homework."]
CHARACTERS = {char: i for i, char in enumerate(string.printable, 1)}  # 100 个，编号 1–100
TRIALS = 5000  # 每种列数随机放这么多次


def one_hot(samples: list, max_length: int, width: int, column: Callable) -> np.ndarray:
    """切好的句子 → (句数, max_length, width)：第 i 句的第 j 个标记，在 column(标记) 那一列写 1。"""
    results = np.zeros((len(samples), max_length, width), dtype="float32")
    for i, tokens in enumerate(samples):
        for j, token in enumerate(tokens[:max_length]):
            if column(token) is not None:  # 表里没有的标记，那一行留着全 0
                results[i, j, column(token)] = 1.0
    return results


def keras_multi_hot(samples: list[str], num_words: int) -> tuple[list[str], np.ndarray]:
    """句子 → Keras 的词表（第 0 个是 [UNK]）和 (句数, num_words) 的 0/1 矩阵。"""
    options = {"output_mode": "multi_hot", "pad_to_max_tokens": True}
    vectorize = layers.TextVectorization(num_words, **options)
    vectorize.adapt(samples)  # 转小写、去标点、按空白切开、按词频编号
    return vectorize.get_vocabulary(), np.array(vectorize(samples))


def hashed(word: str, dimensionality: int) -> int:
    """散列：词 → 列号，不需要词表。crc32 每次都一样；Python 的 hash 每次启动都不同，存不下来。"""
    return zlib.crc32(word.encode()) % dimensionality


def encode(samples: list[str], max_length: int, max_chars: int, columns: int) -> tuple[dict, dict]:
    """句子 → 词表，和三个手写的张量：单词级 (…, 词数 + 1)、字符级 (…, 101)、散列 (…, columns)。"""
    sentences = [sample.split() for sample in samples]  # 只按空格切：标点还粘在词上
    words = dict.fromkeys(word for words in sentences for word in words)  # 按出现的次序，每个词一次
    index = {word: i for i, word in enumerate(words, 1)}  # 0 留着不用
    return index, {
        "单词级": one_hot(sentences, max_length, len(index) + 1, index.get),
        "字符级": one_hot(samples, max_chars, len(CHARACTERS) + 1, CHARACTERS.get),
        "散列": one_hot(sentences, max_length, columns, lambda word: hashed(word, columns)),
    }


def chance(words: int, columns: int) -> float:
    """`words` 个词随机放进 `columns` 列，至少两个相撞的概率（生日问题）。"""
    return 1.0 - float(np.prod(np.maximum(0, 1 - np.arange(words) / columns)))


def run(lab: Lab, *, samples: str, max_length: int, max_chars: int, num_words: int,
        dimensionality: int, many: int) -> None:  # fmt: skip
    texts = samples.split(" | ")
    # 1. 单词级和字符级
    token_index, tensors = encode(texts, max_length, max_chars, dimensionality)
    rows = [[i, word] for word, i in token_index.items()]
    lab.table("单词级：词表", ["编号", "词"], rows)
    words = texts[0].split()[:max_length] + ["（没有词）"] * max_length
    shown = tensors["单词级"][0, :12, :20]
    pairs = zip(words, shown, strict=False)
    rows = [[word, *("1" if x else "·" for x in row)] for word, row in pairs]
    lab.table("单词级：第 0 句，一行一个词", ["词", *range(shown.shape[1])], rows)
    lab.picture("字符级：第 0 句", tensors["字符级"][0], "一行一个字符，亮点是那个字符的编号")

    # 2. Keras：去掉标点之后，至少要剩下一个词
    tensors["Keras"] = np.zeros((len(texts), num_words))
    if set(samples) - set(string.punctuation + " "):
        vocabulary, tensors["Keras"] = keras_multi_hot(texts, num_words)
        lab.table("Keras 的词表", ["列", "词"], list(enumerate(vocabulary)))
    else:
        lab.text("Keras 的词表", "句子里只有标点，去掉标点之后一个词也没有。")

    # 3. 四种编码比一比；散列到同一列的词，模型再也分不清
    rows = [[name, str(a.shape), int(a.sum()), f"{a.mean():.2%}"] for name, a in tensors.items()]
    lab.table("四种编码", ["", "形状", "有几个 1", "1 的比例"], rows)
    places = defaultdict(list)
    for word in token_index:
        places[hashed(word, dimensionality)].append(word)
    shared = {i: words for i, words in sorted(places.items()) if len(words) > 1}
    rows = [[i, "、".join(words)] for i, words in shared.items()] or [["–", "没有"]]
    lab.table(f"散列到 {dimensionality} 列：撞到一起的", ["列", "词"], rows)

    # 4. 多少列才够？随机放很多次，数一数有多少次相撞，与公式比
    rng = np.random.default_rng(lab.seed)
    hits = {}
    for columns in range(100, 4001, 100):
        thrown = np.sort(rng.integers(0, columns, (TRIALS, many)), axis=1)  # 一行是一次
        hits[columns] = (np.diff(thrown, axis=1) == 0).any(axis=1).mean()
        lab.log(columns, "模拟", unit="列数", chance=hits[columns])
        lab.log(columns, "公式", unit="列数", chance=chance(many, columns))
    enough = next(m for m in range(100, 10**9, 100) if chance(many, m) < 0.05)
    rows = [[m, f"{chance(many, m):.1%}"] for m in (10, 100, 1000, 10_000, enough)]
    lab.table(f"{many} 个词，至少有一对相撞", ["列数", "概率"], rows)
    collided = sum(map(len, shared.values()))
    lab.result(collided=collided, chance_1000=hits[1000], columns_for_5_percent=enough)
    prove(lab)


def prove(lab: Lab) -> None:
    """笔记里的数，用书里的两句话再算一遍；与选的参数无关。"""
    index, tensors = encode(BOOK, 10, 50, 1000)
    words, chars, columns = (list(tensors[name].shape) for name in ("单词级", "字符级", "散列"))
    words, chars = [len(index), *words], [len(CHARACTERS), *chars]
    lab.check("10 个标记，单词级的形状", claim="C152", got=words, want=[10, 2, 10, 11])
    lab.check("100 个字符，字符级的形状", claim="C153", got=chars, want=[100, 2, 50, 101])
    vocabulary, matrix = keras_multi_hot(BOOK, 1000)
    nine = ["ate", "cat", "dog", "homework", "mat", "my", "on", "sat", "the"]
    lab.check("9 个词，没有大写和标点", claim="C154", got=sorted(vocabulary[1:]), want=nine)
    lab.check("multi-hot 的形状", claim="C154", got=list(matrix.shape), want=[2, 1000])
    inside = all(0 <= abs(hash(word)) % 1000 < 1000 for word in index)
    lab.check("abs(hash(词)) % 1000 在 0 到 999 之间", claim="C156", got=inside, want=True)
    lab.check("散列编码的形状", claim="C156", got=columns, want=[2, 10, 1000])
    lab.check("crc32 是固定的：cat 在第几列", claim="C156", got=hashed("cat", 1000), want=832)
    half = next(n for n in range(1, 1000) if chance(n, 1000) >= 0.5)
    lab.check("1,000 列：几个词就有一半的可能冲突", claim="C155", got=half, want=38)
