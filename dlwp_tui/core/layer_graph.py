"""The layers of a model as a graph: one node a call of a layer. Drawn by `render.layer_graph`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MAX_DEPTH = 8
"""Models inside models inside models: more of them in a file are a mistake."""


@dataclass(frozen=True)
class Node:
    """One call of a layer (or operation). A layer that is called n times has n nodes and one set of weights."""

    name: str
    kind: str
    detail: str
    """What of its configuration a reader wants to see: "64 relu", "128 3×3 stride 2 same"."""
    shape: str
    params: int
    """Of the layer, whichever call this is."""
    inputs: tuple[int, ...] = ()
    """Indices of the nodes whose tensors it takes; none for an input of the model."""
    calls: int = 1
    """How often its layer is called."""
    output: bool = False
    """Whether its tensor is an output of the model."""

    @property
    def title(self) -> str:
        """Kind and detail; the layer's name before them where somebody gave it one."""
        stem, _, number = self.name.rpartition("_")
        stem = stem if stem and number.isdigit() else self.name
        own = stem.replace("_", "").casefold() != self.kind.casefold()
        parts = [self.name if own else "", "" if not self.inputs and own else self.kind, self.detail]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Graph:
    """A model's calls in an order in which each stands after those it takes tensors from."""

    nodes: tuple[Node, ...]
    inner: tuple[tuple[str, Graph], ...] = ()
    """The models used as layers, by the name of that layer."""

    @property
    def branches(self) -> bool:
        """Whether it is more than a chain: branches, merges, or a layer called twice."""
        used = [source for node in self.nodes for source in node.inputs]
        joins = any(len(node.inputs) > 1 or node.calls > 1 for node in self.nodes)
        return joins or len(used) != len(set(used)) or sum(not node.inputs for node in self.nodes) > 1

    def flat(self) -> Iterator[tuple[str, Graph]]:
        """The graph itself ("" for its name), then the models inside it, however deep, each once."""
        seen = {""}
        queue: list[tuple[str, Graph]] = [("", self)]
        while queue:
            name, graph = queue.pop(0)
            yield name, graph
            fresh = [one for one in graph.inner if one[0] not in seen]
            seen.update(one[0] for one in fresh)
            queue += fresh


def parse(value: object, depth: int = 0) -> Graph | None:
    """The graph of a `model` event; None for anything else, and where a node takes the tensor of a later one."""
    rows = value.get("nodes") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(rows, list) or not rows or depth > MAX_DEPTH:
        return None
    nodes = []
    for at, row in enumerate(rows):
        inputs = row.get("inputs") if isinstance(row, dict) else None
        if not isinstance(inputs, list) or not all(isinstance(one, int) and 0 <= one < at for one in inputs):
            return None
        name, kind, detail, shape = (str(row.get(key, "")) for key in ("name", "kind", "detail", "shape"))
        params, calls = (_count(row.get(key)) for key in ("params", "calls"))
        nodes.append(Node(name, kind, detail, shape, params, tuple(inputs), calls, row.get("output") is True))
    inner = value.get("inner")
    models = inner.items() if isinstance(inner, dict) else ()
    found = ((str(name), parse(one, depth + 1)) for name, one in models)
    return Graph(tuple(nodes), tuple((name, one) for name, one in found if one is not None))


def _count(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
