"""Layer graphs as text: chains, branches, merges, crossings, shared layers, models inside models."""

from __future__ import annotations

from textwrap import dedent

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from dlwp_tui.core.language import use_language
from dlwp_tui.core.layer_graph import Graph, Node, parse
from dlwp_tui.render.layer_graph import lines, rows


def node(kind: str, *inputs: int, params: int = 0, **more: object) -> Node:
    return Node(kind.lower(), kind, "", "(None, 4)", params, inputs, **more)  # type: ignore[arg-type]


def rails(*nodes: Node) -> str:
    return "\n".join(left for left, _node in rows(nodes))


def drawing(text: str) -> str:
    return dedent(text).strip("\n")


def test_a_chain_and_a_short_cut() -> None:
    assert rails(node("Input"), node("Dense", 0), node("Dense", 1, output=True)) == "○\n●\n◎"
    cut = rails(node("Input"), node("Conv2D", 0), node("Conv2D", 1), node("Add", 2, 0, output=True))
    assert cut == drawing("""
        ○
        ├─╮
        ● │
        ● │
        ├─╯
        ◎
        """)


def test_branches_are_drawn_one_after_the_other() -> None:
    block = rails(
        node("Input"), node("A", 0), node("B", 0), node("B", 2), node("C", 0), node("Concatenate", 1, 3, 4, output=True)
    )
    assert block == drawing("""
        ○
        ├─┬─╮
        ● │ │
        │ ● │
        │ ● │
        │ │ ●
        ├─┴─╯
        ◎
        """)


def test_several_inputs_and_outputs() -> None:
    assert rails(node("Input"), node("Input"), node("Add", 0, 1, output=True)) == "○\n│ ○\n├─╯\n◎"
    heads = rails(node("Input"), node("Age", 0, output=True), node("Income", 0, output=True))
    assert heads == "○\n├─╮\n◎ │\n  ◎"


def test_lines_that_cross() -> None:
    siamese = rails(
        node("Left"), node("Right"), node("Eye", 0), node("Eye", 1), node("Subtract", 2, 3), node("Multiply", 2, 3),
        node("Concatenate", 4, 5, output=True),
    )  # fmt: skip
    assert siamese == drawing("""
        ○
        ●
        ├─╮
        │ │ ○
        │ │ ●
        │ │ ├─╮
        ├─│─╯ │
        ● │   │
        │ ├───╯
        │ ●
        ├─╯
        ◎
        """)


def test_text_beside_it() -> None:
    use_language("en")
    graph = Graph(
        (
            Node("left", "InputLayer", "", "(None, 4)", 0),
            Node("right", "InputLayer", "", "(None, 4)", 0),
            Node("eye", "Sequential", "", "(None, 1)", 1234, (0,), 2),
            Node("eye", "Sequential", "", "(None, 1)", 1234, (1,), 2),
            Node("add_3", "Add", "", "(None, 1)", 0, (2, 3), output=True),
        ),
        (("eye", Graph((Node("input", "InputLayer", "", "?", 0), Node("dense", "Dense", "1", "?", 5, (0,))))),),
    )
    assert graph.branches and not graph.inner[0][1].branches
    assert "\n".join(lines(graph, 60)) == drawing("""
        ○    left                  (None, 4)
        ●    eye Sequential (1/2)  (None, 1)   1,234
        │ ○  right                 (None, 4)
        │ ●  eye Sequential (2/2)  (None, 1)  shared
        ├─╯
        ◎    Add                   (None, 1)       0

        inside eye:
        ○  input    ?
        ●  Dense 1  ?  5
        ○ input   ● layer   ◎ output
        """)
    assert lines(graph, 40)[1] == "●    eye Sequential (1/2)  1   1,234"  # no batch's axis where it is narrow
    assert lines(graph, 30)[1] == "●    eye Sequentia…  1   1,234"
    assert lines(graph, 24)[1] == "●    eye Sequen…   1,234"  # no shapes where there is no room at all
    assert lines(graph, 60, ascii=True)[3] == "| *  eye Sequential (2/2)  (None, 1)  shared"
    assert all(cell_len(line) <= 24 for line in lines(graph, 24)[:-1])


def test_very_wide_graphs_become_a_list() -> None:
    many = [node("Input"), *(node("Dense", 0) for _ in range(40)), node("Add", *range(1, 41), output=True)]
    assert [left for left, _node in rows(many)] == ["○", *["●"] * 40, "◎"]


def test_parse_trusts_nothing() -> None:
    good = {"nodes": [{"name": "a", "kind": "A", "inputs": []}, {"inputs": [0], "params": -3, "calls": "x"}]}
    graph = parse(good)
    assert graph is not None and [one.params for one in graph.nodes] == [0, 0]
    later, own = {"nodes": [{"inputs": [1]}, {"inputs": []}]}, {"nodes": [{"inputs": [0]}]}
    broken: tuple[object, ...] = (None, [], {}, {"nodes": []}, {"nodes": [1]}, later, own)
    assert [parse(one) for one in broken] == [None] * len(broken)
    deep: dict[str, object] = {"nodes": good["nodes"]}
    for _ in range(50):
        deep = {"nodes": good["nodes"], "inner": {"m": deep}}
    assert parse(deep) is not None


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), max_size=3), min_size=1, max_size=14))
def test_any_graph_is_drawn(wanted: list[list[int]]) -> None:
    """Every node has one row, after those it takes tensors from; no line begins or ends in the air."""
    nodes = [node("L", *sorted({source % at for source in sources} if at else ())) for at, sources in enumerate(wanted)]
    drawn = rows(nodes)
    order = [nodes.index(found) for _left, found in drawn if found is not None and nodes.count(found) == 1]
    assert len(order) == len(set(order))
    assert sum(found is not None for _left, found in drawn) == len(nodes)
    for above, below in zip([left for left, _ in drawn], [left for left, _ in drawn[1:]], strict=False):
        for column, mark in enumerate(below):
            if mark in "│├┴╯":  # all of these continue a line from above
                assert column < len(above) and above[column] in "○●◎│├┬╮", (above, below)
