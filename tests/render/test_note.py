"""What `dlwp show` prints: our own blocks as text, no colour in a pipe, nothing wider than asked."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from dlwp_tui.course import reader
from dlwp_tui.course.note import Page
from dlwp_tui.render import command
from dlwp_tui.render.note import render


def printed(renderable: object, width: int = 60, *, colour: bool = False) -> str:
    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, color_system="truecolor" if colour else None, highlight=False
    )
    console.print(renderable)
    return out.getvalue()


@pytest.fixture
def course(course_dir: Path) -> reader.Course:
    return reader.read(course_dir)


def test_a_whole_note(course: reader.Course) -> None:
    text = printed(render(course.section("1.1").note(), lessons=course.lesson))
    assert (
        re.sub(r"公式 x²。这一段.*?同一页上。\n\n", "公式 x²。\n\n", text, flags=re.DOTALL)
        == """\
1.1 假的一课

开头一段，重点与 code，公式 x²。

## 第一页

先读下一节，再看过拟合。

│ ! 勘误
│ 原文说错了。

▶ dlwp run 1.1 --preset quick --rate 2.0

◆ Experiment  速率越大，损失越大
  Recorded: 1 比 2
  base  dlwp run 1.1 --preset quick
  big   dlwp run 1.1 --preset quick --rate 2

## 第二页

         1
    y = ───
         x

? Quiz 1  损失为什么下降？
  a. 因为运气
  b. 因为除以步数

┌────┐
│输入│
└────┘

Answers
Quiz 1
  ✗ a. 与运气无关。
  ✓ b. 对，见代码。
"""
    )


def test_an_experiment_that_does_not_exist_says_so(course: reader.Course) -> None:
    page = Page(0, "x", "```experiment gone\n```\n", 1)
    text = printed(render(page, section_id="1.1", lessons=course.lesson))
    assert "✗" in text
    assert "'gone'" in text
    assert "more-rate-more-loss" in text


BLOCKS = """## 各种

1. 一
2. 二
   - 里面 `code` [链接](https://example.org)

> 引用一段很长很长很长很长很长很长很长很长很长很长很长的话。

```python
print("你好")
```

| a | b |
|---|--:|
| 一 | 1 |

![图](figures/x.png) $\\notacommand$

$$
\\broken{
$$

---
"""


def test_every_block_has_a_form() -> None:
    text = printed(render(Page(0, "各种", BLOCKS, 1)), 40)
    for part in ("1. 一", "2. 二", "• 里面 code 链接", "│ 引用", '    print("你好")', "a   b\n─────\n一  1",
                 "[picture] 图", "$\\notacommand$", "    \\broken{", "────"):  # fmt: skip
        assert part in text, text
    assert "\x1b" not in text


def test_colour_only_on_a_terminal_with_colour() -> None:
    page = Page(0, "各种", BLOCKS, 1)
    assert "\x1b[" in printed(render(page), colour=True)
    assert "\x1b" not in printed(render(page))


@pytest.mark.parametrize("width", [30, 62, 100, 200])
def test_no_line_is_wider(course: reader.Course, width: int) -> None:
    for section in course.sections:
        text = printed(render(section.note(), lessons=course.lesson), width)
        widest = max(cell_len(line) for line in text.splitlines() if "dlwp run" not in line)
        assert widest <= min(width, 100)


def test_commands(course: reader.Course) -> None:
    lesson = course.lesson("1.1")
    assert command.run("3.4", "quick", {"hidden_layers": "3"}) == "dlwp run 3.4 --preset quick --hidden-layers 3"
    assert command.run("1.1", None, {"noisy": False, "rate": 0.5}, lesson) == "dlwp run 1.1 --no-noisy --rate 0.5"
    assert command.run("1.1", None, {"text": "a b"}) == "dlwp run 1.1 --text 'a b'"


def test_nothing_textual_is_loaded() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import dlwp_tui.render.note, dlwp_tui.render.picture; "
        "print([m for m in ('textual', 'PIL', 'tensorflow', 'numpy') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
