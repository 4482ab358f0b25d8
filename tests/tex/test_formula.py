r"""Formulas as text: what is laid out, what is refused, and that rows are as wide as they say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from dlwp_tui.tex import formula
from dlwp_tui.tex.box import Box, beside

INLINE = {
    r"x^2": "x²",
    r"\hat{y}_i": "ŷᵢ",
    r"\theta_{t+1}=\theta_t-\eta\nabla_\theta L": "θₜ₊₁ = θₜ − η∇_θ L",
    r"\frac{1}{1+e^{-x}}": "1/(1 + e⁻ˣ)",
    r"\frac{\partial L}{\partial w}": "∂L/∂w",
    r"e^{-\frac{x^2}{2\sigma^2}}": "e^(−x²/(2σ²))",
    r"\frac{1}{2}d": "1/2 d",
    r"32 \times 32 + 32 = 1056": "32 × 32 + 32 = 1056",
    r"x \in [0, 1]": "x ∈ [0, 1]",
    r"\sqrt{d_k}": "√dₖ",
    r"\sqrt[3]{x+1}": "³√(x + 1)",
    r"\text{损失} \leq -1": "损失 ≤ −1",
    r"p(y\mid x)": "p(y | x)",
    r"W\in\mathbb{R}^{m\times n}": "W ∈ ℝ^(m×n)",
    r"f'(x)": "f′(x)",
    r"\operatorname{MAE}(a)": "MAE(a)",
    r"y_{ic}\log p": "y_ic log p",
}

LAYOUT = {
    r"\sigma(x)=\frac{1}{1+e^{-x}}": """
           1
σ(x) = ─────────
        1 + e⁻ˣ""",
    r"L=-\frac{1}{N}\sum_{i=1}^{N} y_i\log \hat{y}_i": """
       1   N
L = − ───  ∑  yᵢ log ŷᵢ
       N  i=1""",
    r"\mathrm{relu}(x) = \begin{cases} x & x > 0 \\ 0 & x \leq 0 \end{cases}": """
          ⎧x   x > 0
relu(x) = ⎨
          ⎩0   x ≤ 0""",
    r"A=\begin{pmatrix}a&b\\c&d\end{pmatrix}": """
A = ⎛a  b⎞
    ⎝c  d⎠""",
    r"\left(\frac{1}{2}\right)^{n+1}": """
⎛ 1 ⎞ⁿ⁺¹
⎜───⎟
⎝ 2 ⎠""",
    r"\begin{aligned} a &= b \\ &= c + 1 \end{aligned}": """
a = b
  = c + 1""",
    r"\sqrt{\frac{a^2+b^2}{2}}": """
 ┌─────────
 │ a² + b²
 │─────────
√│    2""",
    r"x + 1 \tag{1}": """
x + 1    (1)""",
    r"\min_{\theta} L": """
min L
 θ""",
    r"\underbrace{a+b}_{\text{两项}}": """
a + b
╰─┬─╯
两项""",
}


@pytest.mark.parametrize("tex", INLINE)
def test_inline(tex: str) -> None:
    assert formula.inline(tex) == INLINE[tex]


@pytest.mark.parametrize("tex", LAYOUT)
def test_layout(tex: str) -> None:
    assert "\n".join(formula.layout(tex)) == LAYOUT[tex].removeprefix("\n")


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{1}", r"\unknown{x}", "{x", "x}", r"\left(x", r"\begin{tikz}x\end{tikz}", r"\text{a\foo}", "x^1^2",
        r"\sqrt[3", "{" * 200, r"\left\alpha x \right)",
    ],
)  # fmt: skip
def test_what_cannot_be_laid_out_is_refused(tex: str) -> None:
    for lay in (formula.layout, formula.inline):
        with pytest.raises(formula.FormulaError) as caught:
            lay(tex)
        assert caught.value.message


PIECES = [
    "x", "12", "+", "-", "=", r"\alpha", r"\frac{a+b}{c}", r"\sqrt{x+y}", "^2", "_{ij}", r"\sum_{i=1}^{N}", "&", r"\\",
    r"\left(\frac12\right)", r"\text{损失}", r"\hat{y}", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "{", "}", r"\log",
    "(", ")", "'", r"\overline{ab}",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_text_is_laid_out_or_refused(pieces: list[str]) -> None:
    tex = " ".join(pieces)
    try:
        rows = formula.layout(tex)
        line = formula.inline(tex)
    except formula.FormulaError:
        return
    assert rows
    assert all("\n" not in row for row in rows)
    assert "\n" not in line
    assert "\\" not in "".join(rows) + line  # no command survives as text


def test_rows_of_a_box_are_equally_wide() -> None:
    box = beside([Box(("a", "损失"), 1), Box(("b",))])
    assert {cell_len(row) for row in box.rows} == {5}
    assert box.width == 5
