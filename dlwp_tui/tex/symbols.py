"""The tables behind formulas: what each LaTeX name looks like in a terminal and how it is spaced."""

# ruff: noqa: SIM905  lists of names read better as words

from __future__ import annotations

_GREEK = dict(
    zip(
        (
            "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma "
            "tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
        ).split(),
        "α β γ δ ϵ ε ζ η θ ϑ ι κ λ μ ν ξ π ρ σ τ υ ϕ φ χ ψ ω Γ Δ Θ Λ Ξ Π Σ Φ Ψ Ω".split(),
        strict=True,
    )
)
_ORDINARY = {
    "partial": "∂", "nabla": "∇", "infty": "∞", "forall": "∀",
    "exists": "∃", "ldots": "…", "cdots": "⋯", "vdots": "⋮",
    "ddots": "⋱", "dots": "…", "ell": "ℓ", "top": "⊤", "intercal": "⊤", "hbar": "ℏ", "prime": "′", "emptyset": "∅",
    "%": "%", "_": "_", "#": "#", "$": "$", "&": "&", "angle": "∠", "Re": "ℜ", "Im": "ℑ", "neg": "¬", "lnot": "¬",
    "square": "□", "checkmark": "✓", "backslash": "\\",
}  # fmt: skip
_BINARY = {
    "times": "×", "cdot": "·", "odot": "⊙", "otimes": "⊗",
    "oplus": "⊕", "pm": "±", "mp": "∓", "div": "÷", "ast": "∗",
    "star": "⋆", "circ": "∘", "cup": "∪", "cap": "∩",
    "setminus": "∖", "land": "∧", "lor": "∨", "wedge": "∧", "vee": "∨",
    "bullet": "•", "bmod": "mod",
}  # fmt: skip
_RELATIONS = {
    "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂",
    "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "leq": "≤", "le": "≤",
    "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠",
    "approx": "≈", "sim": "∼", "simeq": "≃", "cong": "≅", "propto": "∝",
    "equiv": "≡", "to": "→", "rightarrow": "→",
    "leftarrow": "←", "gets": "←", "leftrightarrow": "↔", "Rightarrow": "⇒",
    "Leftarrow": "⇐", "Leftrightarrow": "⇔", "iff": "⇔",
    "implies": "⇒", "mapsto": "↦", "longrightarrow": "⟶", "ll": "≪",
    "gg": "≫", "lt": "<", "gt": ">", "mid": "|", "parallel": "∥", "perp": "⊥", "triangleq": "≜", "coloneqq": "≔",
    "downarrow": "↓", "uparrow": "↑",
}  # fmt: skip
_OPEN = {"langle": "⟨", "lfloor": "⌊", "lceil": "⌈", "{": "{", "lbrace": "{", "lvert": "|", "lVert": "‖"}
_CLOSE = {"rangle": "⟩", "rfloor": "⌋", "rceil": "⌉", "}": "}", "rbrace": "}", "rvert": "|", "rVert": "‖"}
_SPACE = {"quad": "  ", "qquad": "    ", ",": " ", ";": " ", ":": " ", "!": "", " ": " ", "enspace": " ", "~": " "}

COMMANDS: dict[str, tuple[str, str]] = (
    {name: (text, "ord") for name, text in (_GREEK | _ORDINARY | {"Vert": "‖", "|": "‖", "vert": "|"}).items()}
    | {name: (text, "bin") for name, text in _BINARY.items()}
    | {name: (text, "rel") for name, text in _RELATIONS.items()}
    | {name: (text, "open") for name, text in _OPEN.items()}
    | {name: (text, "close") for name, text in _CLOSE.items()}
    | {name: (text, "space") for name, text in _SPACE.items()}
)
"""Name without the backslash -> (characters, kind)."""

PLAIN: dict[str, tuple[str, str]] = {
    "+": ("+", "bin"), "-": ("−", "bin"), "*": ("∗", "bin"),
    "=": ("=", "rel"), "<": ("<", "rel"), ">": (">", "rel"),
    ":": (":", "rel"), ",": (",", "punct"), ";": (";", "punct"), "(": ("(", "open"), "[": ("[", "open"),
    ")": (")", "close"), "]": ("]", "close"), "~": (" ", "space"),
}  # fmt: skip
"""Characters that need spacing; any other character stands for itself."""

FUNCTIONS = frozenset(
    "log ln lg exp sin cos tan cot sec csc tanh sinh cosh coth arcsin arccos arctan max min arg argmax argmin softmax "
    "lim limsup liminf det dim sup inf Pr gcd deg ker sigmoid relu ReLU tr".split()
)
LIMITS = frozenset("max min lim limsup liminf sup inf argmax argmin det Pr gcd".split())
"""Functions whose subscript stands below them."""

BIG = {
    "sum": "∑", "prod": "∏", "coprod": "∐", "int": "∫", "iint": "∬", "oint": "∮", "bigcup": "⋃", "bigcap": "⋂",
    "bigoplus": "⨁", "bigotimes": "⨂",
}  # fmt: skip

UPRIGHT = frozenset(
    "text textbf textit textrm texttt mbox mathrm mathbf mathit mathsf mathtt boldsymbol bm operatorname "
    "operatorname*".split()
)
"""Commands whose argument is upright text, or math in another face."""
SKIPPED = frozenset(
    "displaystyle textstyle scriptstyle limits nolimits big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr "
    "nonumber notag hline".split()
)
"""Commands that change only size or numbering."""

ENVIRONMENTS = frozenset(
    "matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array cases aligned align gathered gather split "
    "equation".split()
)

ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304",
    "overline": "\u0305", "tilde": "\u0303", "widetilde": "\u0303",
    "vec": "\u20d7", "overrightarrow": "\u20d7", "dot": "\u0307",
    "ddot": "\u0308", "check": "\u030c", "acute": "\u0301",
}  # fmt: skip
"""Accent -> combining character."""

BLACKBOARD = dict(zip("RENZCPQHFI1", "ℝ𝔼ℕℤℂℙℚℍ𝔽𝕀𝟙", strict=True))
CALLIGRAPHIC = dict(zip("LNDHOFXRBEGPSTUV", "ℒ𝒩𝒟ℋ𝒪ℱ𝒳ℛℬℰ𝒢𝒫𝒮𝒯𝒰𝒱", strict=True))

SUPERSCRIPTS = dict(
    zip(
        "0123456789+−=()niabcdefghjklmoprstuvwxyzTABDEGHIJKLMNOPRUVWαβγδθφχ⊤′∗ ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵁⱽᵂᵅᵝᵞᵟᶿᵠᵡᵀ′* ",
        strict=True,
    )
)
SUBSCRIPTS = dict(zip("0123456789+−=()aehijklmnoprstuvxβγρφχ ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ ", strict=True))

DELIMITERS = {
    "(": "⎛⎜⎝", ")": "⎞⎟⎠", "[": "⎡⎢⎣", "]": "⎤⎥⎦", "{": "⎧⎪⎩",
    "}": "⎫⎪⎭", "|": "│││", "‖": "‖‖‖", "⌊": "⎢⎢⎣", "⌋": "⎥⎥⎦",
    "⌈": "⎡⎢⎢", "⌉": "⎤⎥⎥", "⟨": "╱⟨╲", "⟩": "╲⟩╱", "/": "╱╱╱", ".": "",
}  # fmt: skip
"""Bracket -> its top, middle and bottom where it is taller than a line."""
