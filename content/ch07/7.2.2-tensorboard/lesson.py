"""TensorBoard：一个回调把损失、权重的直方图和词的嵌入写进日志，在浏览器里看。

训练完运行 dlwp tensorboard last，或者自己运行 tensorboard --logdir=日志目录。
"""

import importlib.util

import keras
import numpy as np
from keras import layers

from dlwp_tui.lab import Lab


def build(words: int, maxlen: int, embedding_dim: int) -> keras.Model:
    """6.4.3 节的一维卷积网络：词的编号 (n, maxlen) → 好评的概率 (n, 1)。"""
    return keras.Sequential(
        [
            keras.Input((maxlen,), dtype="int32"),
            layers.Embedding(words, embedding_dim, name="embed"),
            layers.Conv1D(32, 7, activation="relu"),
            layers.MaxPooling1D(5),
            layers.Conv1D(32, 7, activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, activation="sigmoid"),  # 原代码漏了 sigmoid
        ]
    )


def run(
    lab: Lab,
    *,
    words: int,
    maxlen: int,
    embedding_dim: int,
    histogram_freq: int,
    embeddings_freq: int,
    samples: int,
    epochs: int,
    batch_size: int,
) -> dict[str, object]:
    # 1. 数据
    imdb = lab.dataset("imdb", num_words=words)
    (train_data, train_labels), _ = imdb
    x = keras.utils.pad_sequences(train_data[:samples], maxlen=maxlen)
    y = train_labels[:samples]
    cut = samples * 4 // 5
    batches = lab.batches(x[:cut], y[:cut], batch_size)
    val = lab.batches(x[cut:], y[cut:], batch_size, shuffle=False)

    # 2. 网络
    model = build(words, maxlen, embedding_dim)
    steps = lab.steps_per_execution(model, batches)
    model.compile(
        optimizer="rmsprop",
        loss="binary_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=steps,
    )
    lab.summary(model)

    # 3. 训练：TensorBoard 就是一个回调
    callbacks = lab.callbacks()
    log_dir = lab.artifact("tensorboard/train").parent
    if importlib.util.find_spec("tensorboard"):
        board = keras.callbacks.TensorBoard(
            log_dir=log_dir,
            histogram_freq=histogram_freq,  # 每几轮记一次权重的直方图
            embeddings_freq=embeddings_freq,  # 每几轮存一次嵌入
        )
        callbacks = [board, *callbacks]
    else:  # TensorFlow 不再附带 TensorBoard
        lab.text("没有装 TensorBoard，日志没有写", "安装：pip install 'dlwp-tui[tensorboard]'")
    kernel = model.layers[1].kernel
    before = float(np.std(kernel.numpy()))
    model.fit(batches, epochs=epochs, validation_data=val, callbacks=callbacks, verbose=0)
    lab.save(model)

    # 4. Keras 3 把嵌入存成 .weights.h5，EMBEDDINGS 页读不了；换成它读得懂的表格，每行一个词
    table = lab.artifact("tensorboard/train/embed.tsv")
    np.savetxt(table, model.layers[0].get_weights()[0], "%.4f", "\t")
    names = [str(i) if imdb.index is None else imdb.decode([i]) for i in range(words)]
    table.with_name("words.tsv").write_text("\n".join(names), encoding="utf-8")
    (log_dir / "projector_config.pbtxt").unlink(missing_ok=True)
    table.with_name("projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "embed" tensor_path: "embed.tsv" metadata_path: "words.tsv" }'
    )

    # 5. 日志里有什么
    files = sorted(path for path in log_dir.rglob("*") if path.is_file())
    rows = [[str(path.relative_to(log_dir)), f"{path.stat().st_size:,}"] for path in files]
    lab.table(f"日志目录 {log_dir.name}", ["文件", "字节"], rows)
    lab.result(std_before=before, std_after=float(np.std(kernel.numpy())))
    return {"log_dir": log_dir, "files": files}
