r"""LaTeX math (the subset that notes use) parsed into a small tree.

Understood: scripts, \frac, \sqrt[n], \sum and friends with limits, \left \right, matrices, cases, aligned, accents,
\overline, \underbrace, \overset, \operatorname, \text with Chinese, \tag. Anything else raises FormulaError, so that a
note shows its source and never wrong mathematics.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dlwp_tui.core.errors import ContentError
from dlwp_tui.core.language import _
from dlwp_tui.tex import symbols

MAX_DEPTH = 40  # deeper nesting is a mistake or an attack; the parser recurses
MAX_LENGTH = 2000  # characters; the longest of the course has 301, and 70,000 take 3 s


class FormulaError(ContentError):
    """A formula that cannot be laid out; the caller shows its source."""


@dataclass(frozen=True)
class Symbol:
    """One or more characters that stand together. `kind`: ord, bin, rel, open, close, punct, func, big, space."""

    text: str
    kind: str = "ord"
    limits: bool = False


@dataclass(frozen=True)
class Row:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Frac:
    above: Node
    below: Node
    bar: bool = True


@dataclass(frozen=True)
class Root:
    body: Node
    index: Node | None = None


@dataclass(frozen=True)
class Scripts:
    body: Node
    sub: Node | None
    sup: Node | None


@dataclass(frozen=True)
class Accent:
    name: str
    body: Node


@dataclass(frozen=True)
class Fence:
    left: str
    body: Node
    right: str


@dataclass(frozen=True)
class Grid:
    """An environment: `rows` of cells, `name` without the star."""

    name: str
    rows: tuple[tuple[Node, ...], ...]


Node = Symbol | Row | Frac | Root | Scripts | Accent | Fence | Grid

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}^_&]|\s+|.", re.S)
_STOPS = {"}", "&", "\\\\", "\\end", "\\right"}


def parse(tex: str) -> Node:
    """The tree of `tex`; raises FormulaError with what was not understood."""
    parser = _Parser(tex)
    rows = parser.rows()
    if parser.peek():
        raise FormulaError(_("Unexpected {token} in the formula {tex}").format(token=parser.peek(), tex=tex.strip()))
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else Grid("aligned", rows)


class _Parser:
    def __init__(self, tex: str) -> None:
        self.tex = tex.strip()
        if len(self.tex) > MAX_LENGTH:
            raise self.error(_("The formula is longer than {count} characters").format(count=MAX_LENGTH))
        self.tokens: list[str] = _TOKEN.findall(self.tex)
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        """The next token that is not white space, or an empty string."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        if not token:
            raise self.error(_("The formula ends too early: {tex}").format(tex=self.tex))
        self.at += 1
        return token

    def expect(self, token: str) -> None:
        if self.peek() != token:
            raise self.error(_("{token} is missing in the formula {tex}").format(token=token, tex=self.tex))
        self.at += 1

    def error(self, message: str) -> FormulaError:
        return FormulaError(message, _("Write it with the commands that notes understand, or as text."))

    def rows(self) -> tuple[tuple[Node, ...], ...]:
        r"""Cells separated by & and rows by \\, up to the enclosing end. A last empty row is dropped."""
        rows: list[list[Node]] = [[]]
        while True:
            rows[-1].append(self.row())
            if self.peek() == "&":
                self.next()
            elif self.peek() == "\\\\":
                self.next()
                self.skip_spacing()
                rows.append([])
            else:
                break
        if len(rows) > 1 and rows[-1] == [Row(())]:
            rows.pop()
        return tuple(tuple(row) for row in rows)

    def skip_spacing(self) -> None:
        r"""The [2pt] of \\[2pt] means nothing in a terminal."""
        if self.peek() == "[" and (end := "".join(self.tokens[self.at :]).find("]")) > 0:
            length = "".join(self.tokens[self.at :])[: end + 1]
            if re.fullmatch(r"\[\s*-?[\d.]+\s*(pt|em|ex|mm|cm)\s*\]", length):
                while self.next() != "]":
                    pass

    def row(self) -> Row:
        self.deeper()
        items: list[Node] = []
        while (token := self.peek()) and token not in _STOPS:
            items.append(self.scripted())
        self.depth -= 1
        return Row(tuple(items))

    def deeper(self) -> None:
        """One level down; the caller takes it back."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(_("The formula is nested more than {depth} deep").format(depth=MAX_DEPTH))

    def group(self) -> Node:
        r"""An argument: {...} or a single item."""
        if self.peek() == "{":
            self.next()
            body = self.row()
            self.expect("}")
            return body
        if not self.peek() or self.peek() in _STOPS:
            raise self.error(_("An argument is missing in the formula {tex}").format(tex=self.tex))
        self.deeper()  # \frac\frac\frac has no braces
        item = self.atom()
        self.depth -= 1
        return item

    def raw(self) -> str:
        """The text of {...} with its spaces, or the next token."""
        if self.peek() != "{":
            return self.next()
        self.next()
        depth = 1
        parts: list[str] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            depth += (token == "{") - (token == "}")
            if not depth:
                return re.sub(r"\\([%$#&_{} ])", r"\1", "".join(parts))
            parts.append(token)
        raise self.error(_("{token} is missing in the formula {tex}").format(token="}", tex=self.tex))

    def scripted(self) -> Node:
        body = Row(()) if self.peek() in ("^", "_") else self.atom()
        sub: Node | None = None
        sup: Node | None = None
        while (token := self.peek()) in ("^", "_", "'", "\\limits", "\\nolimits"):
            self.next()
            if token == "'":
                sup = Row((*(sup.items if isinstance(sup, Row) else (sup,) if sup else ()), Symbol("′")))
            elif token in ("^", "_"):
                if (sup if token == "^" else sub) is not None:
                    raise self.error(_("Two scripts on one symbol in the formula {tex}").format(tex=self.tex))
                if token == "^":
                    sup = self.group()
                else:
                    sub = self.group()
        return body if sub is None and sup is None else Scripts(body, sub, sup)

    def atom(self) -> Node:
        token = self.next()
        if token == "{":
            body = self.row()
            self.expect("}")
            return body
        if not token.startswith("\\"):
            return Symbol(*symbols.PLAIN.get(token, (token, "ord")))
        name = token[1:]
        if name in symbols.COMMANDS:
            return Symbol(*symbols.COMMANDS[name])
        if name in symbols.FUNCTIONS:
            return Symbol(name, "func", name in symbols.LIMITS)
        if name in symbols.BIG:
            return Symbol(symbols.BIG[name], "big", not name.endswith("int"))
        if name in symbols.SKIPPED:
            return Row(())
        return self.construct(name)

    def construct(self, name: str) -> Node:
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return Frac(self.group(), self.group())
        if name == "binom":
            return Fence("(", Frac(self.group(), self.group(), bar=False), ")")
        if name == "sqrt":
            index = self.bracketed() if self.peek() == "[" else None
            return Root(self.group(), index)
        if name in symbols.UPRIGHT:
            return self.named(name)
        if name in ("mathbb", "mathcal", "mathscr", "mathfrak"):
            table = symbols.BLACKBOARD if name == "mathbb" else symbols.CALLIGRAPHIC
            return Symbol("".join(table.get(char, char) for char in self.raw()))
        if name in symbols.ACCENTS or name in ("overbrace", "underbrace", "underline"):
            return Accent(name, self.group())
        if name in ("overset", "stackrel", "underset"):
            mark, body = self.group(), self.group()
            stacked = Row((body,))
            return Scripts(Accent("stack", stacked), *((None, mark) if name != "underset" else (mark, None)))
        if name == "left":
            return self.fence()
        if name == "begin":
            return self.environment()
        if name == "tag":
            return Row((Symbol("    ", "space"), Symbol(f"({self.raw()})")))
        unknown = _("The command {name} is not known in the formula {tex}")
        raise self.error(unknown.format(name=f"\\{name}", tex=self.tex))

    def named(self, name: str) -> Node:
        r"""Upright text. \mathrm{e_i} and friends may hold math, \text may not."""
        start = self.at
        text = self.raw()
        if name.startswith("operatorname"):
            text = text.replace("\\,", " ")
            return Symbol(text, "func", name.endswith("*") or text.replace(" ", "") in symbols.LIMITS)
        if name.startswith(("math", "bold", "bm")) and re.search(r"[\\^_]", text):
            self.at = start
            return self.group()
        if "\\" in text:
            raise self.error(_("Text in the formula {tex} holds a command").format(tex=self.tex))
        return Symbol(text.replace("$", ""))

    def bracketed(self) -> Node:
        self.next()
        self.deeper()
        items: list[Node] = []
        while self.peek() != "]":
            items.append(self.scripted())
        self.depth -= 1
        self.next()
        return Row(tuple(items))

    def fence(self) -> Node:
        left = self.delimiter()
        body = self.row()
        self.expect("\\right")
        return Fence(left, body, self.delimiter())

    def delimiter(self) -> str:
        token = self.next()
        if token.startswith("\\"):
            token = symbols.COMMANDS.get(token[1:], (token, ""))[0]
        token = {"<": "⟨", ">": "⟩"}.get(token, token)
        if token not in symbols.DELIMITERS:
            raise self.error(_("{token} is no bracket in the formula {tex}").format(token=token, tex=self.tex))
        return "" if token == "." else token

    def environment(self) -> Node:
        name = self.raw().rstrip("*")
        if name not in symbols.ENVIRONMENTS:
            unknown = _("The environment {name} is not known in the formula {tex}")
            raise self.error(unknown.format(name=name, tex=self.tex))
        if name == "array" and self.peek() == "{":
            self.raw()  # column letters: all columns are centred here
        rows = self.rows()
        self.expect("\\end")
        self.raw()
        return Grid(name, rows)
