"""6.1.1 节里可以验证的话，用书里的两句话；与选的参数无关。"""

import numpy as np
from keras import layers

from dlwp_tui.lab import Lab
from lesson import CHARACTERS, chance, hashed, number, one_hot

BOOK = ["The cat sat on the mat.", "The dog ate my homework."]


def prove(lab: Lab, **_: object) -> None:
    sentences = [sample.split() for sample in BOOK]
    index = number(sentences)
    words = one_hot([[index[word] for word in words] for words in sentences], 10, len(index) + 1)
    statement = "单词级：两句话有 10 个标记，张量的形状是 (2, 10, 11)"
    lab.check(statement, claim="C152", got=[len(index), *words.shape], want=[10, 2, 10, 11])
    chars = one_hot([[CHARACTERS[char] for char in sample] for sample in BOOK], 50, 101)
    statement = "字符级：100 个可打印字符，张量的形状是 (2, 50, 101)"
    lab.check(statement, claim="C153", got=[len(CHARACTERS), *chars.shape], want=[100, 2, 50, 101])

    encode = layers.TextVectorization(1000, output_mode="multi_hot", pad_to_max_tokens=True)
    encode.adapt(BOOK)
    nine = ["ate", "cat", "dog", "homework", "mat", "my", "on", "sat", "the"]
    statement = "Keras 的词表有 9 个词，没有大写和标点"
    lab.check(statement, claim="C154", got=sorted(encode.get_vocabulary()[1:]), want=nine)
    shape = list(np.array(encode(BOOK)).shape)
    lab.check("Keras 的 multi-hot 形状是 (2, 1000)", claim="C154", got=shape, want=[2, 1000])

    inside = all(0 <= abs(hash(word)) % 1000 < 1000 for word in index)
    lab.check("abs(hash(词)) % 1000 总在 0 到 999 之间", claim="C156", got=inside, want=True)
    columns = one_hot([[hashed(word, 1000) for word in words] for words in sentences], 10, 1000)
    statement = "散列编码的形状是 (2, 10, 1000)，不需要词表"
    lab.check(statement, claim="C156", got=list(columns.shape), want=[2, 10, 1000])
    statement = "crc32 每次都一样：cat 总在第 832 列"
    lab.check(statement, claim="C156", got=hashed("cat", 1000), want=832)
    half = next(n for n in range(1, 1000) if chance(n, 1000) >= 0.5)
    statement = "1,000 列，38 个词就有一半的可能冲突"
    lab.check(statement, claim="C155", got=half, want=38)
