"""one-hot 编码：手写单词级、字符级，再用 Keras 做一遍，最后用散列省去词表。

不训练网络。看四个张量的形状，看哪些词被散列到同一列，再看列数要多大才不大会相撞。
"""

import string
import zlib
from collections import defaultdict

import numpy as np
from keras import layers

from dlwp_tui.lab import Lab

BOOK = ["The cat sat on the mat.", "The dog ate my homework."]
TRIALS = 5000  # 每种列数随机放这么多次


def word_one_hot(samples: list[str], max_length: int) -> tuple[dict[str, int], np.ndarray]:
    """句子 → 词表（编号从 1 起，0 留着不用）和 (句数, max_length, 词数 + 1) 的 0/1 张量。"""
    token_index: dict[str, int] = {}
    for sample in samples:
        for word in sample.split():  # 只按空格切：标点还粘在词上
            if word not in token_index:
                token_index[word] = len(token_index) + 1
    results = np.zeros((len(samples), max_length, len(token_index) + 1))
    for i, sample in enumerate(samples):
        for j, word in enumerate(sample.split()[:max_length]):
            results[i, j, token_index[word]] = 1.0
    return token_index, results


def char_one_hot(samples: list[str], max_length: int) -> np.ndarray:
    """句子 → (句数, max_length, 101)：100 个可打印字符，编号 1–100。"""
    token_index = {char: i for i, char in enumerate(string.printable, 1)}
    results = np.zeros((len(samples), max_length, len(token_index) + 1))
    for i, sample in enumerate(samples):
        for j, char in enumerate(sample[:max_length]):
            if char in token_index:  # 表里没有的字符，那一行留着全 0
                results[i, j, token_index[char]] = 1.0
    return results


def keras_multi_hot(samples: list[str], num_words: int) -> tuple[list[str], np.ndarray]:
    """句子 → Keras 的词表（第 0 个是 [UNK]）和 (句数, num_words) 的 0/1 矩阵。"""
    options = {"output_mode": "multi_hot", "pad_to_max_tokens": True}
    vectorize = layers.TextVectorization(max_tokens=num_words, **options)
    vectorize.adapt(samples)  # 转小写、去标点、按空白切开、按词频编号
    return vectorize.get_vocabulary(), np.array(vectorize(samples))


def column(word: str, dimensionality: int) -> int:
    """散列：词 → 列号。crc32 每次都一样；Python 的 hash 每次启动都不同，编码存不下来。"""
    return zlib.crc32(word.encode()) % dimensionality


def hash_one_hot(samples: list[str], max_length: int, dimensionality: int) -> np.ndarray:
    """句子 → (句数, max_length, dimensionality)，不需要词表。"""
    results = np.zeros((len(samples), max_length, dimensionality), dtype="float32")
    for i, sample in enumerate(samples):
        for j, word in enumerate(sample.split()[:max_length]):
            results[i, j, column(word, dimensionality)] = 1.0
    return results


def chance(words: int, columns: int) -> float:
    """`words` 个词随机放进 `columns` 列，至少两个相撞的概率（生日问题）。"""
    return 1.0 - float(np.prod(np.maximum(0, 1 - np.arange(words) / columns)))


def run(lab: Lab, *, samples: str, max_length: int, max_chars: int, num_words: int,
        dimensionality: int, many: int) -> None:  # fmt: skip
    texts = samples.split(" | ")
    # 1. 单词级和字符级
    token_index, results = word_one_hot(texts, max_length)
    lab.table("单词级：词表", ["编号", "词"], [[i, word] for word, i in token_index.items()])
    words = texts[0].split()[:max_length] + ["（没有词）"] * max_length
    rows = [[words[j], *("1" if x else "·" for x in results[0, j, :20])] for j in range(max_length)]
    lab.table("单词级：第 0 句，一行一个词", ["词", *range(results.shape[2])][:21], rows[:12])
    chars = char_one_hot(texts, max_chars)
    lab.picture("字符级：第 0 句", chars[0], "一行一个字符，亮点是那个字符的编号")

    # 2. Keras：去掉标点之后，至少要剩下一个词
    matrix = np.zeros((len(texts), num_words))
    if set(samples) - set(string.punctuation + " "):
        vocabulary, matrix = keras_multi_hot(texts, num_words)
        lab.table("Keras 的词表", ["列", "词"], list(enumerate(vocabulary)))
    else:
        lab.text("Keras 的词表", "句子里只有标点，去掉标点之后一个词也没有。")

    # 3. 散列技巧
    hashed = hash_one_hot(texts, max_length, dimensionality)
    shapes = {"单词级": results, "字符级": chars, "Keras": matrix, "散列": hashed}
    rows = [[name, str(a.shape), int(a.sum()), f"{a.mean():.2%}"] for name, a in shapes.items()]
    lab.table("四种编码", ["", "形状", "有几个 1", "1 的比例"], rows)
    places = defaultdict(list)
    for word in token_index:
        places[column(word, dimensionality)].append(word)
    shared = {i: words for i, words in sorted(places.items()) if len(words) > 1}
    rows = [[i, "、".join(words)] for i, words in shared.items()]
    lab.table(f"散列到 {dimensionality} 列：撞到一起的", ["列", "词"], rows or [["–", "没有"]])

    # 4. 多少列才够？随机放很多次，数一数有多少次相撞，与公式比
    rng = np.random.default_rng(lab.seed)
    hits = {}
    for columns in range(100, 4001, 100):
        thrown = np.sort(rng.integers(0, columns, (TRIALS, many)), axis=1)  # 一行是一次
        hits[columns] = (np.diff(thrown, axis=1) == 0).any(axis=1).mean()
        lab.log(columns, "模拟", chance=hits[columns])
        lab.log(columns, "公式", chance=chance(many, columns))
    enough = next(m for m in range(100, 10**9, 100) if chance(many, m) < 0.05)
    rows = [[m, f"{chance(many, m):.1%}"] for m in (10, 100, 1000, 10_000, enough)]
    lab.table(f"{many} 个词，至少有一对相撞", ["列数", "概率"], rows)
    collided = sum(len(words) for words in shared.values())
    lab.result(collided=collided, chance_1000=hits[1000], columns_for_5_percent=enough)
    prove(lab)


def prove(lab: Lab) -> None:
    """笔记里的数，用书里的两句话再算一遍；与选的参数无关。"""
    index, results = word_one_hot(BOOK, 10)
    got = [len(index), *results.shape]
    lab.check("10 个标记，形状 (2, 10, 11)", claim="C152", got=got, want=[10, 2, 10, 11])
    got = [len(string.printable), *char_one_hot(BOOK, 50).shape]
    lab.check("100 个字符，形状 (2, 50, 101)", claim="C153", got=got, want=[100, 2, 50, 101])
    vocabulary, matrix = keras_multi_hot(BOOK, 1000)
    words = ["ate", "cat", "dog", "homework", "mat", "my", "on", "sat", "the"]
    got = sorted(vocabulary[1:])
    lab.check("Keras 的 9 个词，没有大写和标点", claim="C154", got=got, want=words)
    lab.check("multi-hot 的形状", claim="C154", got=list(matrix.shape), want=[2, 1000])
    inside = all(0 <= abs(hash(word)) % 1000 < 1000 for word in index)
    lab.check("abs(hash(词)) % 1000 在 0 到 999 之间", claim="C156", got=inside, want=True)
    got = list(hash_one_hot(BOOK, 10, 1000).shape)
    lab.check("散列编码的形状", claim="C156", got=got, want=[2, 10, 1000])
    lab.check("crc32 是固定的：cat 在第几列", claim="C156", got=column("cat", 1000), want=832)
    first = next(n for n in range(1, 1000) if chance(n, 1000) >= 0.5)
    lab.check("1,000 列：几个词就有一半的可能冲突", claim="C155", got=first, want=38)
