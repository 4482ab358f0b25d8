"""LaTeX formulas laid out as text: on one line or in two dimensions. Pure functions."""
