"""Text for the terminal: line breaking, formulas, tables, pictures, whole notes. Pure; knows nothing of Textual."""
