"""The kinds of event a run's `events.jsonl` may hold, and their fields. Format version 1.

Every line is one JSON object with `v` (1), `t` (seconds since the epoch, float) and `e` (the kind). A reader ignores
kinds and fields it does not know. NaN and infinity are written as the strings "nan", "inf", "-inf" (JSON has none).
Of an event of more than 2 MB the texts and lists are cut; it has a field `cut` (true).

queued    device                         waits for a slot
started   pid, device, versions, resumed(bool), initial_epoch    has its slot; device is "cpu" or "GPU 0: NVIDIA H200"
phase     name, code                     what the lesson is doing now, in the learner's language; code "saving" (or
          none): the run was stopped and is saving its weights, so a stop waits longer
wait      code, name, done, total       what takes its time from now on: "loading" (the data set `name`), "working" (the
          lesson's own code), "tracing", "validating", "saving"; done and total in batches, where known. A batch, an
          epoch, progress, a phase or the end ends it
dataset   name, source, detail           source: "real" | "unverified" | "synthetic"
model     label, layers [[name, kind, shape, params], ...], params, trainable, graph {nodes [{name, kind, detail, shape,
          params, inputs, calls, output}, ...], inner {layer: a graph}} or null; see core/layer_graph.py
batch     label, epoch (1-based), epochs, step, steps, metrics     throttled to one in 50 ms; metrics of the batches
          since the last event, un-mixed from Keras' running mean
epoch     label, epoch, epochs, metrics, seconds                   metrics as Keras logs them (loss, val_loss, ...);
          unit: what `epoch` counts in a lesson's own loop, in the learner's language; absent where it is epochs
baseline  label, metrics                 constants the curves are compared with: lines across their chart; `level` in
          old files
progress  done, total, label             progress of the whole run where a lesson reports it (folds, variants, loops)
picture   name, file (under artifacts/), width, height, caption; tiles {count, columns, width, height, gap, captions}
          where it is a grid of smaller pictures
frames    name, frames [[step, file], ...], width, height (of the last), caption, unit (of the steps, may be missing)
          a picture that changes during the run: all the states of it that are kept by now, oldest first; takes the
          place of the earlier event of that name
text      title, body
table     title, columns, rows
check     statement, claim, got, want, ok
result    metrics {name: number}, label
warning   code, message                  code: "nan" (a loss is no number), "ram" (the lesson needs more memory than is
          free), "gpu" (there is one that TensorFlow cannot use), "code" (the lesson's code has changed since the run
          that this one repeats or continues), "data" (they are synthetic though real files are there),
          "proofs" (they could not be made), "much" (of the reports of a lesson only the first 16 MB are kept)
paused    -
resumed   -
ended     state ("finished" | "stopped" | "failed"), seconds, error {type, message, lines}, peak_mb (the most memory the
          worker held, MB of 2^20 bytes), killed (true: it was killed from outside, by the process that wrote this
          event; seconds is null, peak_mb is missing and no weights were saved)
"""

from __future__ import annotations

QUEUED, STARTED, PHASE, DATASET, MODEL = "queued", "started", "phase", "dataset", "model"
BATCH, EPOCH, BASELINE, PROGRESS, WAIT = "batch", "epoch", "baseline", "progress", "wait"
PICTURE, FRAMES, TEXT, TABLE = "picture", "frames", "text", "table"
CHECK, RESULT, WARNING = "check", "result", "warning"
PAUSED, RESUMED, ENDED = "paused", "resumed", "ended"
OLD_BASELINE = "level"
ALL = (
    QUEUED, STARTED, PHASE, DATASET, MODEL, BATCH, EPOCH, BASELINE, PROGRESS, PICTURE, FRAMES, TEXT, TABLE, CHECK,
    RESULT, WARNING, PAUSED, RESUMED, ENDED, OLD_BASELINE, WAIT,
)  # fmt: skip
REPORTS = (MODEL, PICTURE, TEXT, TABLE, CHECK)
"""Those that a reader keeps one by one."""
VERSION = 1

MOST_LINES = 100
"""Of a loop's epochs, as lines to read."""


def worth_a_line(epoch: object, epochs: object) -> bool:
    """Of a loop of a thousand steps every tenth, the first and the last; where the end is not known ever fewer."""
    if not isinstance(epoch, int) or epoch == 1:
        return True
    if isinstance(epochs, int):
        return epoch == epochs or epoch % max(1, -(-epochs // MOST_LINES)) == 0
    return epoch % int(10 ** max(0, len(str(epoch)) - 3)) == 0
