"""Text for the terminal: line breaking, tables, pictures, whole notes. Pure: writes no file, needs no Textual."""
