"""7.2.2 节里可以验证的话：参数，日志里究竟有哪些曲线和直方图。"""

from pathlib import Path

from dlwp_tui.lab import Lab
from lesson import build


def prove(lab: Lab, *, log_dir: Path, files: list[Path]) -> None:
    lab.check("书里的网络有 291,937 个参数", got=build(2000, 500, 128).count_params(), want=291_937)
    logs = [path for path in files if "tfevents" in path.name]
    if not logs:
        return  # 没有装 TensorBoard
    parts = sorted({path.parent.name for path in logs})
    statement = "分 train 和 validation 两个子目录"
    lab.check(statement, claim="C245", got=parts, want=["train", "validation"])

    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    reader = EventAccumulator(str(log_dir / "train"))
    reader.Reload()
    tags = reader.Tags()["tensors"]
    scalars = {"epoch_loss", "epoch_accuracy"} <= set(tags)
    lab.check("日志里有每轮的损失和精度", claim="C245", got=scalars, want=True)
    histograms = [tag for tag in tags if tag.endswith("/histogram")]
    if lab.params["histogram_freq"]:
        kinds = sorted({tag.rsplit("/", 2)[1] for tag in histograms})
        statement = "直方图只有权重：嵌入、核、偏置，没有激活和梯度"
        lab.check(statement, claim="C245", got=kinds, want=["bias", "embeddings", "kernel"])
    kept = len(list((log_dir / "train").glob("keras_embedding*")))
    every = lab.params["embeddings_freq"]
    want = -(-lab.params["epochs"] // every) if every else 0
    lab.check("嵌入按间隔存下，一轮一个文件" if every else "嵌入没有存", got=kept, want=want)
